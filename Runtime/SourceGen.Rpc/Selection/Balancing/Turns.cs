namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>Whose turn it is in a set of nodes: an order, and the place in it.</summary>
/// <remarks>
/// Where weights have no small common measure (1 and 1,000,000), no order is written down. The turns then follow the multiples of the
/// golden ratio through the nodes' shares of the line from 0 to 1, which fall so evenly that a node's turns are never far from where they
/// should be (the three-distance theorem); shares are exact in the long run.
/// </remarks>
internal sealed class Turns
{
    private readonly NodeSet _nodes;
    private readonly int[]? _order;
    private readonly ulong[]? _ends;
    private ulong _taken;

    /// <summary>Begins to take turns.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="order">Their order; null for that of the golden ratio.</param>
    /// <param name="previous">The turns taken among the nodes that there were before, which are gone on with; null for none.</param>
    public Turns(NodeSet nodes, int[]? order, Turns? previous)
    {
        _nodes = nodes;
        _order = order;
        if (order is null) _ends = Ends(nodes);
        if (previous is not null) _taken = order is null || previous._order is null ? previous.Taken : PlaceAfter(previous, order);
    }

    private ulong Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a turn.</summary>
    public int Next()
    {
        ulong turn = Interlocked.Increment(ref _taken) - 1;
        if (_order is not null) return _order[(int)(turn % (uint)_order.Length)];
        int end = Array.BinarySearch(_ends!, (turn * Mixing.GoldenStep >> 1) + 1);
        return FirstOf(end < 0 ? ~end : end);
    }

    /// <summary>Nodes without weight end where the one before them does: the first of those that end there has the share.</summary>
    private int FirstOf(int index)
    {
        while (index > 0 && _ends![index - 1] == _ends[index]) index--;
        return index;
    }

    /// <summary>Where each node's share of the line, which is 2^63 long, ends.</summary>
    private static ulong[] Ends(NodeSet nodes)
    {
        ulong[] ends = new ulong[nodes.Count];
        UInt128 sum = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            sum += (uint)nodes.Weights[i];
            ends[i] = (ulong)((sum << 63) / (UInt128)nodes.TotalWeight);
        }

        return ends;
    }

    /// <summary>
    /// The place at which whoever is next in the old order is next in the new one: of several turns it has, the one nearest to the same
    /// part of the round. A node that has gone is passed over. Nodes are told by their keys, since one that changed its weight is another
    /// object.
    /// </summary>
    private ulong PlaceAfter(Turns previous, int[] order)
    {
        var indexes = new Dictionary<string, int>(_nodes.Count, StringComparer.Ordinal);
        foreach (int index in order) indexes.TryAdd(_nodes[index].Instance.Key, index);

        int[] old = previous._order!;
        int next = (int)(previous.Taken % (uint)old.Length);
        for (int step = 0; step < old.Length; step++)
        {
            string key = previous._nodes[old[(next + step) % old.Length]].Instance.Key;
            if (indexes.TryGetValue(key, out int node)) return (ulong)NearestTurn(order, node, next / (double)old.Length);
        }

        return 0;
    }

    private static int NearestTurn(int[] order, int node, double part)
    {
        int nearest = 0;
        double least = double.MaxValue;
        for (int turn = 0; turn < order.Length; turn++)
        {
            if (order[turn] != node) continue;
            double distance = Math.Abs(turn / (double)order.Length - part);
            distance = Math.Min(distance, 1 - distance);
            if (distance < least) (nearest, least) = (turn, distance);
        }

        return nearest;
    }
}
