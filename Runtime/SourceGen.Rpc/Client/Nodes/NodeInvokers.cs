namespace SourceGen.Rpc.Client.Nodes;

/// <summary>One method, bound to each server of a service when it is first called there.</summary>
/// <param name="bind">Prepares calls of the method over a connection.</param>
internal sealed class NodeInvokers<TInvoker>(Func<ClientChannel, TInvoker> bind)
    where TInvoker : class
{
    private volatile Bound _bound = new(NodeSet.Empty, []);

    /// <summary>Gets the method at a server.</summary>
    /// <param name="set">The servers.</param>
    /// <param name="index">Which of them.</param>
    public TInvoker Get(NodeSet set, int index)
    {
        Bound bound = _bound;
        if (bound.Set != set) bound = Rebind(set, bound);
        return bound.Invokers[index] ??= bind(set.Nodes[index].Channel);
    }

    /// <summary>Gets the method at a server that need not be one of the latest set.</summary>
    public TInvoker Get(NodeSet set, Node node)
    {
        int index = Array.IndexOf(set.Nodes, node);
        return index >= 0 ? Get(set, index) : bind(node.Channel);
    }

    private Bound Rebind(NodeSet set, Bound old)
    {
        Dictionary<Node, TInvoker?> known = [];
        for (int i = 0; i < old.Set.Nodes.Length; i++) known[old.Set.Nodes[i]] = old.Invokers[i];
        return _bound = new Bound(set, Array.ConvertAll(set.Nodes, node => known.GetValueOrDefault(node)));
    }

    private sealed record Bound(NodeSet Set, TInvoker?[] Invokers);
}
