using System.Numerics;

namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// A circle of 2^64 places with points on it, each of which belongs to a node; a key belongs to the node of the first point at or after its
/// place. A node has 160 points if no other one has more weight, and fewer in proportion; one at least if it has a weight at all.
/// </summary>
/// <remarks>
/// D. Karger et al., "Consistent Hashing and Random Trees", STOC 1997; the number of points is that of libketama. The k-th point of a node
/// depends on the node's address and k alone. A point is one word, 44 bits of its place and 20 of its node's index, in order of place. A
/// ring is made from the one before: points of nodes that have gone are left out and those of new ones merged in, without sorting the rest.
/// </remarks>
internal sealed class HashRing
{
    /// <summary>How many points the heaviest node has.</summary>
    public const int MostPoints = 160;

    /// <summary>How many nodes a ring can have.</summary>
    public const int MostNodes = 1 << IndexBits;

    private const int IndexBits = 20;
    private const ulong IndexMask = MostNodes - 1;

    private readonly NodeSet _nodes;
    private readonly int[] _pointCounts;
    private readonly ulong[] _points;

    /// <summary>For each of 2^n equal parts of the circle, the first point in it or after it.</summary>
    private readonly int[] _starts;
    private readonly int _startShift;

    /// <summary>Makes a ring.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="previous">The ring of the nodes that there were before; null for none.</param>
    /// <exception cref="ArgumentException">There are more than <see cref="MostNodes"/> nodes.</exception>
    public HashRing(NodeSet nodes, HashRing? previous)
    {
        if (nodes.Count > MostNodes)
            throw new ArgumentException($"A ring has at most {MostNodes:N0} nodes, not {nodes.Count:N0}.", nameof(nodes));
        _nodes = nodes;
        _pointCounts = CountPoints(nodes);
        _points = Points(previous);
        Load = new LoadMeter(nodes);

        int parts = (int)BitOperations.RoundUpToPowerOf2((uint)_points.Length);
        _startShift = 64 - BitOperations.Log2((uint)parts);
        _starts = new int[parts];
        for (int part = 0, point = 0; part < parts; part++)
        {
            ulong place = _startShift == 64 ? 0 : (ulong)part << _startShift;
            while (point < _points.Length && _points[point] < place) point++;
            _starts[part] = point;
        }
    }

    /// <summary>The calls that the nodes have in flight.</summary>
    public LoadMeter Load { get; }

    /// <summary>How many points there are.</summary>
    public int Length => _points.Length;

    /// <summary>The point that a place belongs to.</summary>
    public int PointOf(ulong place)
    {
        place &= ~IndexMask;
        int point = _startShift == 64 ? 0 : _starts[(int)(place >> _startShift)];
        while (point < _points.Length && _points[point] < place) point++;
        return point == _points.Length ? 0 : point;
    }

    /// <summary>The index of the node that a point belongs to.</summary>
    public int NodeAt(int point) => (int)(_points[point] & IndexMask);

    private static int[] CountPoints(NodeSet nodes)
    {
        int heaviest = 0;
        foreach (int weight in nodes.Weights) heaviest = Math.Max(heaviest, weight);
        int[] counts = new int[nodes.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = heaviest == 0 ? MostPoints
                : nodes.Weights[i] == 0 ? 0
                : Math.Max(1, (int)Math.Round((double)MostPoints * nodes.Weights[i] / heaviest));
        }

        return counts;
    }

    private ulong[] Points(HashRing? previous)
    {
        int[] newIndexes = previous is null ? [] : KeptNodes(previous);
        bool[] isKept = new bool[_nodes.Count];
        foreach (int index in newIndexes)
        {
            if (index >= 0) isKept[index] = true;
        }

        ulong[] added = AddedPoints(isKept);
        ulong[] points = new ulong[_pointCounts.Sum()];
        int length = 0;
        int next = 0;
        foreach (ulong point in previous is null ? [] : previous._points)
        {
            int index = newIndexes[(int)(point & IndexMask)];
            if (index < 0) continue;
            ulong kept = point & ~IndexMask | (uint)index;
            while (next < added.Length && added[next] < kept) points[length++] = added[next++];
            points[length++] = kept;
        }

        added.AsSpan(next).CopyTo(points.AsSpan(length));
        return points;
    }

    /// <summary>For each node of a ring, its index in this one; -1 when it has gone, or has another number of points.</summary>
    private int[] KeptNodes(HashRing previous)
    {
        var indexes = new Dictionary<NodeState, int>(_nodes.Count, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _nodes.Count; i++) indexes[_nodes[i]] = i;
        int[] newIndexes = new int[previous._nodes.Count];
        for (int i = 0; i < newIndexes.Length; i++)
        {
            bool isKept = indexes.TryGetValue(previous._nodes[i], out int index) && _pointCounts[index] == previous._pointCounts[i];
            newIndexes[i] = isKept ? index : -1;
        }

        return newIndexes;
    }

    private ulong[] AddedPoints(bool[] isKept)
    {
        int count = 0;
        for (int i = 0; i < isKept.Length; i++)
        {
            if (!isKept[i]) count += _pointCounts[i];
        }

        ulong[] points = new ulong[count];
        int length = 0;
        for (int i = 0; i < isKept.Length; i++)
        {
            if (isKept[i]) continue;
            ulong place = NodeHash.Of(_nodes[i]);
            for (int k = 0; k < _pointCounts[i]; k++)
                points[length++] = Mixing.Mix(place += Mixing.GoldenStep) & ~IndexMask | (uint)i;
        }

        Array.Sort(points);
        return points;
    }
}
