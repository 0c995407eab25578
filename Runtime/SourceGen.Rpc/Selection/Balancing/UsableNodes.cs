namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>The nodes of a set that have a weight; all of them when none has.</summary>
internal sealed class UsableNodes
{
    private readonly int[]? _indexes;

    /// <summary>Finds them.</summary>
    public UsableNodes(NodeSet nodes)
    {
        Count = nodes.Count;
        if (nodes.TotalWeight == 0 || !nodes.Weights.Contains(0)) return;
        var indexes = new List<int>(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes.Weights[i] > 0) indexes.Add(i);
        }

        _indexes = [.. indexes];
        Count = _indexes.Length;
    }

    /// <summary>How many there are, at least one.</summary>
    public int Count { get; }

    /// <summary>The index in the set of one of them.</summary>
    public int this[int position] => _indexes is null ? position : _indexes[position];
}
