namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>The nodes of one zone, and the others: two sets, and what their indexes are in the whole.</summary>
internal sealed class ZoneSplit
{
    /// <summary>Splits a set of nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="zone">The zone; empty when it is not known, and then no node is in it.</param>
    public ZoneSplit(NodeSet nodes, string zone)
    {
        var zones = new HashSet<string>(StringComparer.Ordinal);
        bool[] isNear = new bool[nodes.Count];
        for (int i = 0; i < isNear.Length; i++)
        {
            string found = nodes[i].Instance.Node.Zone;
            zones.Add(found);
            isNear[i] = zone.Length > 0 && found == zone;
        }

        Near = new ZonePart(nodes, isNear, true);
        Far = new ZonePart(nodes, isNear, false);
        double total = Near.Weight + Far.Weight;
        NearShare = total == 0 ? 0 : Math.Min(1, Near.Weight / total * zones.Count);
    }

    /// <summary>The nodes of the zone.</summary>
    public ZonePart Near { get; }

    /// <summary>The others.</summary>
    public ZonePart Far { get; }

    /// <summary>
    /// The part of the calls that the zone can take: all, unless it has less of the weight than each zone would if they had all the same.
    /// </summary>
    public double NearShare { get; }
}
