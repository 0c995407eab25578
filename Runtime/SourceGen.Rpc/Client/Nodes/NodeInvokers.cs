namespace SourceGen.Rpc.Client.Nodes;

/// <summary>One method, bound to each connection to each server of a service when it is first called there.</summary>
/// <param name="bind">Prepares calls of the method over a connection.</param>
internal sealed class NodeInvokers<TInvoker>(Func<ClientChannel, TInvoker> bind)
    where TInvoker : class
{
    private readonly Lock _gate = new();
    private volatile Entry?[] _entries = [];

    /// <summary>Gets the method at a server, over the connection that has the fewest calls in flight.</summary>
    public TInvoker Get(Node node)
    {
        ClientChannel channel = node.Choose(out int lane);
        Entry?[] entries = _entries;
        int id = node.State.Id;
        return (uint)id < (uint)entries.Length && entries[id] is { } entry && entry.Node == node
            && (uint)lane < (uint)entry.Invokers.Length && entry.Invokers[lane] is { } invoker
                ? invoker
                : Bind(node, channel, lane);
    }

    private TInvoker Bind(Node node, ClientChannel channel, int lane)
    {
        lock (_gate)
        {
            int id = node.State.Id;
            Entry?[] entries = _entries;
            TInvoker?[] invokers = id < entries.Length && entries[id] is { } known && known.Node == node ? known.Invokers : [];
            if (lane < invokers.Length && invokers[lane] is { } bound) return bound;
            TInvoker?[] added = new TInvoker?[Math.Max(lane + 1, invokers.Length)];
            invokers.CopyTo(added, 0);
            TInvoker invoker = added[lane] = bind(channel);
            if (id >= entries.Length) Array.Resize(ref entries, Math.Max(id + 1, entries.Length * 2));
            entries[id] = new Entry(node, added); // Readers see the old one, the new one, or none; what they find they compare.
            _entries = entries;
            return invoker;
        }
    }

    private sealed record Entry(Node Node, TInvoker?[] Invokers);
}
