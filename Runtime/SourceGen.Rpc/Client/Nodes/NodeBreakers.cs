using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The circuit breakers of one method, one for each server of its service.</summary>
/// <param name="model">What they are like.</param>
internal sealed class NodeBreakers(CircuitBreaker model)
{
    private readonly Lock _gate = new();
    private volatile Entry?[] _entries = [];

    /// <summary>Asks whether a call may be sent to a server.</summary>
    /// <param name="node">The server.</param>
    /// <param name="pass">What <see cref="Record"/> asks for.</param>
    public bool TryEnter(Node node, out CircuitPass pass) => Get(node).TryEnter(out pass);

    /// <summary>Learns how a call ended.</summary>
    public void Record(Node node, CircuitPass pass, CallOutcome outcome)
    {
        if (Get(node).Record(pass, outcome) && outcome == CallOutcome.Failure) Instruments.Resilience.CountOpenedCircuit();
    }

    private CircuitBreaker Get(Node node)
    {
        Entry?[] entries = _entries;
        int id = node.State.Id;
        return (uint)id < (uint)entries.Length && entries[id] is { } entry && entry.Node == node ? entry.Breaker : Add(node);
    }

    private CircuitBreaker Add(Node node)
    {
        lock (_gate)
        {
            int id = node.State.Id;
            Entry?[] entries = _entries;
            if (id < entries.Length && entries[id] is { } known && known.Node == node) return known.Breaker;
            Entry entry = new(node, CircuitBreaker.Like(model));
            if (id >= entries.Length) Array.Resize(ref entries, Math.Max(id + 1, entries.Length * 2));
            entries[id] = entry;
            _entries = entries;
            return entry.Breaker;
        }
    }

    private sealed record Entry(Node Node, CircuitBreaker Breaker);
}
