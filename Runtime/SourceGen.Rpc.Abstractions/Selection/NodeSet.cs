using System.Collections.Immutable;

namespace SourceGen.Rpc.Selection;

/// <summary>The nodes that calls can go to at one moment, with their weights. Immutable; another moment has another object.</summary>
public sealed class NodeSet
{
    private readonly NodeState[] _nodes;
    private readonly int[] _weights;

    /// <summary>Creates a set of nodes that have the weights the registry gives them.</summary>
    /// <param name="nodes">The nodes.</param>
    public NodeSet(ImmutableArray<NodeState> nodes)
        : this(nodes.AsSpan(), [.. nodes.Select(static node => node.Instance.Node.Weight)])
    {
    }

    /// <summary>Creates a set of nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="weights">Their weights, as they are at this moment: a node that warms up has less than the registry says.</param>
    /// <exception cref="ArgumentException">There are not as many weights as nodes, or one is negative.</exception>
    public NodeSet(ReadOnlySpan<NodeState> nodes, ReadOnlySpan<int> weights)
    {
        if (nodes.Length != weights.Length)
            throw new ArgumentException($"There are {nodes.Length:N0} nodes and {weights.Length:N0} weights.", nameof(weights));
        foreach (int weight in weights)
        {
            if (weight < 0) throw new ArgumentException($"A weight is {weight}; it must not be negative.", nameof(weights));
            TotalWeight += weight;
        }

        _nodes = nodes.ToArray();
        _weights = weights.ToArray();
        HasEqualWeights = weights.IsEmpty || !weights.ContainsAnyExcept(weights[0]);
    }

    /// <summary>No node at all.</summary>
    public static NodeSet Empty { get; } = new([], []);

    /// <summary>How many nodes there are.</summary>
    public int Count => _nodes.Length;

    /// <summary>The nodes.</summary>
    public ReadOnlySpan<NodeState> Nodes => _nodes;

    /// <summary>Each node's share of the calls, relative to the others'. Never negative; all zero is as good as all equal.</summary>
    public ReadOnlySpan<int> Weights => _weights;

    /// <summary>The sum of the weights.</summary>
    public long TotalWeight { get; }

    /// <summary>Whether no node has another weight than the others.</summary>
    public bool HasEqualWeights { get; }

    /// <summary>One of the nodes.</summary>
    /// <param name="index">Its index.</param>
    public NodeState this[int index] => _nodes[index];
}
