namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// What a balancer computes of a set of nodes, kept for as long as that set is in use. Two sets are kept, because while nodes change some
/// threads still have the old one. Reading is a look at one or two references; what is published never changes.
/// </summary>
/// <typeparam name="T">What is computed.</typeparam>
/// <param name="derive">Computes it; is also given what was computed of the set before, or null. One thread at a time.</param>
internal sealed class SetCache<T>(Func<NodeSet, T?, T> derive)
    where T : class
{
    private readonly Lock _gate = new();
    private volatile Entry? _newest;

    /// <summary>What was computed of a set of nodes.</summary>
    /// <exception cref="ArgumentException">The set is empty.</exception>
    public T Of(NodeSet nodes)
    {
        if (_newest is { } newest)
        {
            if (ReferenceEquals(newest.Nodes, nodes)) return newest.Value;
            if (ReferenceEquals(newest.OlderNodes, nodes)) return newest.OlderValue!;
        }

        return Derive(nodes);
    }

    private T Derive(NodeSet nodes)
    {
        if (nodes.Count == 0) throw new ArgumentException("There is no node to pick.", nameof(nodes));
        lock (_gate)
        {
            Entry? newest = _newest;
            if (ReferenceEquals(newest?.Nodes, nodes)) return newest!.Value;
            T value = derive(nodes, newest?.Value);
            _newest = new Entry(nodes, value, newest?.Nodes, newest?.Value);
            return value;
        }
    }

    private sealed class Entry(NodeSet nodes, T value, NodeSet? olderNodes, T? olderValue)
    {
        public NodeSet Nodes { get; } = nodes;

        public T Value { get; } = value;

        public NodeSet? OlderNodes { get; } = olderNodes;

        public T? OlderValue { get; } = olderValue;
    }
}
