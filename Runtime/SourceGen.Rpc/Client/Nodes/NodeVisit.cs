using System.Diagnostics;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// A call with a stream at a server, from its beginning to its end, which is one of several things. How long such a call takes says nothing
/// about the server; how long it takes to begin does.
/// </summary>
internal sealed class NodeVisit : IDisposable
{
    private readonly NodeRoute _route;
    private readonly Node _node;
    private readonly CircuitPass _pass;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _elapsed = -1;
    private int _isOver;

    /// <param name="route">What is called.</param>
    /// <param name="node">Where.</param>
    /// <exception cref="RpcException">The circuit of the method there is open.</exception>
    public NodeVisit(NodeRoute route, Node node)
    {
        _route = route;
        _node = node;
        _pass = route.Begin(node);
    }

    /// <summary>The first item has come.</summary>
    public void Begun() => _elapsed = Stopwatch.GetTimestamp() - _started;

    /// <summary>It came to its end.</summary>
    public void Answered() => End(CallOutcome.Success);

    /// <summary>It failed.</summary>
    public void Failed(Exception error) => End(CallOutcomes.Of(error));

    /// <summary>Nobody wants to know how it goes on, if it does.</summary>
    public void Dispose() => End(CallOutcome.None);

    private void End(CallOutcome outcome)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _route.Mark(_node, _pass, _elapsed, outcome);
    }
}
