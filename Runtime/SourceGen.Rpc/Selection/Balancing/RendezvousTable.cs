namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Which node wins each of 262,144 slots that keys fall into. A slot is decided when the first key falls into it; if another set of nodes
/// was decided before, only by letting what is new compete with the node that had it.
/// </summary>
/// <remarks>
/// Comparing all nodes for each call would take microseconds for a thousand. Slots are what Apache Ignite's
/// <c>RendezvousAffinityFunction</c> calls partitions. The number of slots never depends on the nodes, or keys would move when it changed.
/// </remarks>
internal sealed class RendezvousTable
{
    private const int SlotBits = 18;

    /// <summary>Beyond this part of the nodes, competing with those that are new is not worth remembering the others.</summary>
    private const int MostAddedPart = 4;

    private readonly NodeSet _nodes;
    private readonly ulong[] _hashes;

    /// <summary>Each slot's winner, counted from 1; 0 while it is not decided. Threads that decide the same slot write the same.</summary>
    private readonly int[] _winners = new int[1 << SlotBits];
    private readonly Former? _former;

    /// <summary>Makes a table.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="previous">The table of the nodes that there were before; null for none.</param>
    public RendezvousTable(NodeSet nodes, RendezvousTable? previous)
    {
        _nodes = nodes;
        _hashes = new ulong[nodes.Count];
        for (int i = 0; i < _hashes.Length; i++) _hashes[i] = NodeHash.Of(nodes[i]);
        if (previous is not null) _former = Compare(previous);
    }

    /// <summary>The slot of a key.</summary>
    public static int SlotOf(ulong key) => (int)(Mixing.Mix(key) >> (64 - SlotBits));

    /// <summary>The node that has a slot.</summary>
    public int WinnerOf(int slot)
    {
        int winner = Volatile.Read(ref _winners[slot]);
        return winner != 0 ? winner - 1 : Decide(slot);
    }

    /// <summary>The node that has a slot among those that will do for a call; -1 when none will.</summary>
    public int WinnerOf(int slot, in PickRequest request)
    {
        ulong salt = Salt(slot);
        int best = -1;
        for (int i = 0; i < _hashes.Length; i++)
        {
            if (request.Accepts(_nodes[i]) && CanWin(i) && (best < 0 || Beats(i, best, salt))) best = i;
        }

        return best;
    }

    private static ulong Salt(int slot) => Mixing.Mix((ulong)slot + 1);

    private int Decide(int slot)
    {
        ulong salt = Salt(slot);
        int best = -1;
        if (_former is { } former && former.WinnerOf(slot) is >= 0 and int kept)
        {
            best = kept;
            foreach (int added in former.Added)
            {
                if (Beats(added, best, salt)) best = added;
            }
        }
        else
        {
            for (int i = 0; i < _hashes.Length; i++)
            {
                if (CanWin(i) && (best < 0 || Beats(i, best, salt))) best = i;
            }
        }

        Volatile.Write(ref _winners[slot], best + 1);
        return best;
    }

    private bool CanWin(int index) => _nodes.TotalWeight == 0 || _nodes.Weights[index] > 0;

    /// <summary>
    /// Whether a node has the better score. With equal weights the hash itself is the score; with others it is an exponentially distributed
    /// number divided by the weight, of which the least wins, and which orders nodes of equal weight the same way.
    /// </summary>
    private bool Beats(int challenger, int holder, ulong salt)
    {
        ulong challengers = Mixing.Mix(_hashes[challenger] + salt);
        ulong holders = Mixing.Mix(_hashes[holder] + salt);
        if (_nodes.TotalWeight == 0 || _nodes.Weights[challenger] == _nodes.Weights[holder])
            return challengers > holders || (challengers == holders && challenger < holder);
        return Exponential(challengers) / _nodes.Weights[challenger] < Exponential(holders) / _nodes.Weights[holder];
    }

    private static double Exponential(ulong hash) => -Math.Log(((hash >> 11) + 0.5) * (1.0 / (1UL << 53)));

    private Former? Compare(RendezvousTable previous)
    {
        var indexes = new Dictionary<NodeState, int>(_nodes.Count, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (CanWin(i)) indexes[_nodes[i]] = i;
        }

        int[] newIndexes = new int[previous._nodes.Count];
        for (int i = 0; i < newIndexes.Length; i++)
        {
            // Without any weight all are equal, so that going from there to weights changes every node.
            bool isKept = indexes.TryGetValue(previous._nodes[i], out int index) && _nodes.Weights[index] == previous._nodes.Weights[i]
                && (_nodes.TotalWeight == 0) == (previous._nodes.TotalWeight == 0);
            newIndexes[i] = isKept ? index : -1;
            if (isKept) indexes.Remove(previous._nodes[i]);
        }

        return indexes.Count > _nodes.Count / MostAddedPart + 1 ? null : new Former(previous._winners, newIndexes, [.. indexes.Values]);
    }

    /// <summary>What is known from the nodes that there were before: not their table, which would keep all those before it.</summary>
    private sealed class Former(int[] winners, int[] newIndexes, int[] added)
    {
        /// <summary>The nodes that compete with those that there were: new ones, and those with another weight.</summary>
        public int[] Added { get; } = added;

        /// <summary>The node that had a slot; -1 when none is known, or it has gone.</summary>
        public int WinnerOf(int slot)
        {
            int winner = Volatile.Read(ref winners[slot]);
            return winner == 0 ? -1 : newIndexes[winner - 1];
        }
    }
}
