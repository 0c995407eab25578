namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>Some nodes of a set, as a set of their own.</summary>
internal sealed class ZonePart
{
    private readonly int[] _indexes;
    private readonly LoadMeter _load;

    /// <summary>Takes out those that have a mark.</summary>
    public ZonePart(NodeSet nodes, bool[] marks, bool mark)
    {
        var indexes = new List<int>(nodes.Count);
        for (int i = 0; i < marks.Length; i++)
        {
            if (marks[i] == mark) indexes.Add(i);
        }

        _indexes = [.. indexes];
        Nodes = new NodeSet([.. _indexes.Select(i => nodes[i])], [.. _indexes.Select(i => nodes.Weights[i])]);
        Weight = nodes.TotalWeight == 0 ? _indexes.Length : Nodes.TotalWeight * (double)nodes.Count / nodes.TotalWeight;
        UsableCount = nodes.TotalWeight == 0 ? _indexes.Length : Nodes.Weights.Length - Nodes.Weights.Count(0);
        _load = new LoadMeter(Nodes);
    }

    /// <summary>The nodes.</summary>
    public NodeSet Nodes { get; }

    /// <summary>How many of them have a weight.</summary>
    public int UsableCount { get; }

    /// <summary>Their weight, in nodes of mean weight.</summary>
    public double Weight { get; }

    /// <summary>How many calls a node of mean weight has in flight. To be asked once a pick.</summary>
    public double Load => _load.Counted() / Weight;

    /// <summary>The index in the whole set of a node of this one.</summary>
    public int IndexOf(int index) => _indexes[index];
}
