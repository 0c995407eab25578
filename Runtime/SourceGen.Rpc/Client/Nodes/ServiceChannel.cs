using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Filters;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// A way to one service, whichever servers offer it: selects one for each call, opens the connections to those that are selected, and sends
/// the call over one that is up.
/// </summary>
internal sealed partial class ServiceChannel : OptionsChannel
{
    /// <summary>To how many servers at once a client connects that has no connection at all.</summary>
    private const int OpenedAtOnce = 3;

    /// <summary>How long it waits for these before it tries as many others.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);

    private readonly ServiceNodes _nodes;
    private readonly FilterChain _filters;
    private readonly RpcClientOptions _options;
    private readonly ServiceUrl _condition;
    private readonly Lock _gate = new();
    private volatile Selection.Selection? _selection;
    private volatile Selection.Selection? _ownZone;
    private FailbackQueue? _failback;
    private volatile bool _isEnded;

    public ServiceChannel(
        RpcContract contract,
        ISelector selector,
        NodeConnections connections,
        RpcClientOptions options,
        ILogger logger)
    {
        Selector = selector;
        Logger = logger;
        _nodes = new ServiceNodes(connections, options, logger);
        _options = options;
        _filters = FilterChain.Of(options.Filters);
        Breaker = options.CircuitBreaker is { } breaker ? new CircuitBreaker(breaker) : null;

        // What is not there yet is waited for by calls, not by subscribing.
        Dictionary<string, string> parameters = new() { [ServiceUrlParameters.Check] = "false" };
        if (options.Group.Length > 0) parameters[ServiceUrlParameters.Group] = options.Group;
        if (contract.Version.Length > 0) parameters[ServiceUrlParameters.Version] = contract.Version;
        _condition = new ServiceUrl("consumer", "localhost", 0, contract.Name) { Parameters = ServiceMetadata.Create(parameters) };
    }

    /// <summary>Who selects, and learns how calls went.</summary>
    public ISelector Selector { get; }

    /// <summary>How much may be spent on repetitions.</summary>
    public RetryBudgets Budgets { get; } = new(TimeProvider.System);

    /// <summary>The header that says which calls belong together; null for none.</summary>
    public string? KeyHeader => _options.KeyHeader;

    /// <summary>What each method's circuit breakers at each server are like; null for none.</summary>
    public CircuitBreaker? Breaker { get; }

    /// <summary>Where it is said what callers are not told.</summary>
    public ILogger Logger { get; }

    /// <summary>How many servers calls can go to.</summary>
    public int NodeCount => _selection?.Nodes.Count ?? 0;

    /// <summary>Calls that are repeated while nobody waits for them.</summary>
    /// <exception cref="RpcException">The client is disposed.</exception>
    public FailbackQueue Failback
    {
        get
        {
            lock (_gate)
            {
                if (_isEnded) throw NotSent(RpcStatusCode.Unavailable, "Nothing is repeated any more: the client is disposed.");
                return _failback ??= new FailbackQueue(TimeProvider.System, Logger);
            }
        }
    }

    /// <summary>How long a call may take whose contract does not say; -1 for no limit.</summary>
    private int CallTimeoutMs => (int)_options.CallTimeout.TotalMilliseconds;

    /// <summary>Selects the server for a call, without waiting: one that is connected.</summary>
    /// <param name="request">What is known about the call.</param>
    /// <returns>Null when there is none, or waiting a moment for one is better: <see cref="GetNodeAsync"/>.</returns>
    public Node? TryNext(in PickRequest request) => _selection is { } selection ? TryNext(selection, in request) : null;

    /// <summary>The same, for a call whose strategy may prefer some servers.</summary>
    /// <param name="request">What is known about the call.</param>
    /// <param name="strategy">The strategy.</param>
    public Node? TryNext(in PickRequest request, CallStrategy strategy)
    {
        if (strategy != CallStrategy.ZoneAware || _ownZone is not { } zone) return TryNext(in request);
        return TryNext(zone, in request) is { } near && request.Accepts(near.State) ? near : TryNext(in request);
    }

    /// <summary>
    /// Selects the server for a call, waiting for a connection up to the connect timeout, or to the call's own limit if that is shorter.
    /// </summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="request">What is known about the call.</param>
    /// <param name="strategy">The call's strategy.</param>
    /// <param name="remainingMs">What remains of the call's own time; -1 for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.NotFound"/>: the registry knows no server of the service; <see cref="RpcStatusCode.Unavailable"/>: the
    /// registry did not answer, no server is eligible, or none can be reached; others: why all servers refuse the client.
    /// </exception>
    public async ValueTask<Node> GetNodeAsync(
        string methodName, PickRequest request, CallStrategy strategy, int remainingMs, CancellationToken cancellationToken)
    {
        bool callIsShorter = remainingMs >= 0 && remainingMs < _options.ConnectTimeout.TotalMilliseconds;
        TimeSpan limit = callIsShorter ? TimeSpan.FromMilliseconds(remainingMs) : _options.ConnectTimeout;
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task expired = Task.Delay(limit, timeout.Token);
        HashSet<RpcException> earlier = [.. _nodes.All.Select(static node => node.Channel.Refusal).OfType<RpcException>()];
        RpcException? problem = null;
        try
        {
            while (true)
            {
                Selection.Selection selection = GetSelection(methodName);
                Task changed = selection.Changed;
                if (TryNext(in request, strategy) is { } node) return node;
                List<Task> waiting = [changed, expired];
                if (selection.Nodes.Count == 0)
                {
                    Task<NodeState> next = selection.NextAsync(request, timeout.Token).AsTask();
                    await Task.WhenAny(next, expired).ConfigureAwait(false);
                    if (expired.IsCompleted) break;
                    if (next.Exception?.InnerException is { } error) problem = LookUpProblem(methodName, error);
                }
                else
                {
                    AddConnecting(methodName, request, selection, earlier, waiting);
                    waiting.Add(Task.Delay(s_patience, timeout.Token));
                }

                if (await Task.WhenAny(waiting).ConfigureAwait(false) == expired) break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw NodeCount == 0 && problem is not null ? problem : NotReached(methodName, limit, callIsShorter);
        }
        finally
        {
            await timeout.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gets the first server that is connected; when there is none, some begin to be connected to.</summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <exception cref="RpcException">There is none.</exception>
    public Node FirstConnected(string methodName)
    {
        Selection.Selection selection = GetSelection(methodName);
        if (FindConnected(selection) is { } node) return node;
        AddConnecting(methodName, default, selection, [], []);
        throw NotSent(
            RpcStatusCode.Unavailable,
            $"{methodName} was not sent: there is no connection to any server of {_condition.ServiceKey}, and CallStrategy.Available does not "
            + $"wait for one. {selection.Nodes.Count:N0} are known.");
    }

    /// <summary>Gets any server, without taking a turn, waiting for a connection.</summary>
    /// <param name="what">What it is for, for the error message.</param>
    /// <param name="timeoutMs">How long to wait at most, in milliseconds; -1 for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is none.</exception>
    public async ValueTask<Node> GetAnyAsync(string what, int timeoutMs, CancellationToken cancellationToken) =>
        FindConnected(GetSelection(what))
        ?? await GetNodeAsync(what, default, CallStrategy.Failover, timeoutMs, cancellationToken).ConfigureAwait(false);

    /// <summary>Gets all servers that calls could go to, whether they are ejected or not, waiting until they are known.</summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="remainingMs">What remains of the call's own time; -1 for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is none.</exception>
    public async ValueTask<List<Node>> GetAllAsync(string methodName, int remainingMs, CancellationToken cancellationToken)
    {
        await GetNodeAsync(methodName, default, CallStrategy.Broadcast, remainingMs, cancellationToken).ConfigureAwait(false);
        Selection.Selection selection = GetSelection(methodName);
        List<Node> all = [];
        foreach (NodeState state in selection.AllNodes.Nodes.ToArray())
        {
            if (_nodes.Get(state, selection) is { } node) all.Add(node);
        }

        return all;
    }

    /// <summary>Gets the ways to all servers, for calls that are each meant for one of them.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is none.</exception>
    public async ValueTask<IReadOnlyList<NodeChannel>> GetChannelsAsync(CancellationToken cancellationToken)
    {
        List<Node> nodes = await GetAllAsync(_condition.ServiceName, remainingMs: -1, cancellationToken).ConfigureAwait(false);
        return [.. nodes.Select(node => new NodeChannel(node.State.Instance, node.Channel, _filters))];
    }

    /// <summary>Follows the servers no longer.</summary>
    public async ValueTask EndAsync()
    {
        FailbackQueue? failback;
        lock (_gate)
        {
            _isEnded = true;
            failback = _failback;
        }

        if (failback is not null) await failback.DisposeAsync().ConfigureAwait(false);
        Selection.Selection? selection = _selection;
        _selection = null;
        selection?.Dispose();
        _ownZone?.Dispose();
        _nodes.End();
    }

    private Node? FindConnected(Selection.Selection selection)
    {
        foreach (NodeState state in selection.Nodes.Nodes)
        {
            if (_nodes.Get(state, selection) is { IsConnected: true } node) return node;
        }

        return null;
    }

    private Node? TryNext(Selection.Selection selection, in PickRequest request)
    {
        try
        {
            if (!selection.TryNext(in request, out NodeState? state)) return null;
            Node? node = _nodes.Get(state, selection);
            return node is { IsConnected: true } ? node : TryOther(node, in request, selection);
        }
        catch (ObjectDisposedException) when (_isEnded)
        {
            return null; // The client is going; GetNodeAsync says so.
        }
    }

    /// <summary>The server that was selected has no connection: it begins to get one, and another server takes the call.</summary>
    private Node? TryOther(Node? selected, in PickRequest request, Selection.Selection selection)
    {
        bool isComing = false;
        if (selected is not null)
        {
            _ = selected.Channel.WhenAttempted();
            isComing = selected.Channel.MayConnectSoon;

            // Calls with one key belong to one server, as far as that is possible.
            if (isComing && request.Key is not null) return null;
        }

        PickRequest connected = request with { ConnectedOnly = true };
        if (!selection.TryNext(in connected, out NodeState? state)) return null;
        Node? other = _nodes.Get(state, selection);
        if (other is not { IsConnected: true }) return null;

        // Better to wait a moment for a new one than to go back to where the call failed.
        return isComing && !request.Accepts(state) ? null : other;
    }

    /// <summary>Begins to connect to some servers if nobody does, and adds what is worth waiting for.</summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="request">What is known about the call.</param>
    /// <param name="selection">Where servers come from.</param>
    /// <param name="earlier">Refusals from before the call, which new attempts may not meet again.</param>
    /// <param name="waiting">What is waited for.</param>
    /// <exception cref="RpcException">All refuse the client.</exception>
    private void AddConnecting(
        string methodName, PickRequest request, Selection.Selection selection, HashSet<RpcException> earlier, List<Task> waiting)
    {
        List<NodeState> seen = [.. request.Tried ?? []];
        int opening = _nodes.All.Count(static node => node.Channel.MayConnectSoon);
        for (int i = opening; i < OpenedAtOnce; i++)
        {
            PickRequest untried = request with { Tried = seen };
            if (!selection.TryNext(in untried, out NodeState? state) || seen.Contains(state)) break;
            seen.Add(state);
            if (_nodes.Get(state, selection) is { } node) _ = node.Channel.WhenAttempted();
        }

        int refusing = 0;
        RpcException? reason = null;
        foreach (Node node in _nodes.All)
        {
            if (node.Channel.Refusal is { } refusal && !earlier.Contains(refusal))
            {
                refusing++;
                reason = refusal;
            }
            else
            {
                waiting.Add(node.Channel.MayConnectSoon ? node.Channel.WhenAttempted() : node.Channel.WhenConnected());
            }
        }

        if (reason is not null && refusing >= selection.Nodes.Count)
            throw NotSent(reason.Code, $"{methodName} was not sent: {reason.Detail}", reason);
    }

    private Selection.Selection GetSelection(string methodName)
    {
        lock (_gate)
        {
            if (_isEnded) throw NotSent(RpcStatusCode.Unavailable, $"{methodName} was not sent: the client is disposed.");
            if (_selection is { } known) return known;
            Selection.Selection selection = Selector.Select(_condition);
            if (_options.Zone.Length > 0)
            {
                SelectorOptions ownZone = Selector.Options.Copy();
                ownZone.Filters.Add(new ZoneFilter(_options.Zone));
                _ownZone = Selector.Select(_condition, ownZone);
            }

            _selection = selection;
            _ = FollowAsync(selection);
            return selection;
        }
    }

    /// <summary>Lets the connections go to servers that have left.</summary>
    private async Task FollowAsync(Selection.Selection selection)
    {
        try
        {
            while (!_isEnded)
            {
                Task changed = selection.Changed;

                // Those that are ejected come back; those that are outside the aperture, or want no calls, may never.
                HashSet<NodeState> kept = [.. selection.Nodes.Nodes];
                foreach (NodeState state in selection.AllNodes.Nodes)
                {
                    if (Selector.GetEjection(state) is not null) kept.Add(state);
                }

                _nodes.Keep(kept);
                await changed.ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException) when (_isEnded)
        {
            // The client was disposed of in between; all connections are let go by that.
        }
    }

    private static RpcException NotSent(RpcStatusCode code, string detail, Exception? cause = null) =>
        new(code, detail, cause) { Progress = RpcCallProgress.NotSent };

    /// <summary>Why the selection has no server: what may change is a reason to wait, and the error of a call that waited in vain.</summary>
    /// <exception cref="RpcException">It will not change by waiting.</exception>
    private static RpcException LookUpProblem(string methodName, Exception error)
    {
        if (error is not RpcException known) throw NotSent(RpcStatusCode.Unavailable, $"{methodName} was not sent: the client is disposed.", error);
        RpcException problem = NotSent(known.Code, $"{methodName} was not sent: {known.Detail}", known.InnerException);
        return known.InnerException is null ? problem : throw problem;
    }

    /// <summary>Why there is nobody to call although servers are known.</summary>
    private RpcException NotReached(string methodName, TimeSpan waited, bool callIsShorter)
    {
        Node? last = _nodes.All.LastOrDefault(static node => node.Channel.LastFailure is not null) ?? _nodes.All.LastOrDefault();
        string why = last is null
            ? "Their addresses are none that a client can connect to; the log says why."
            : $"{last.State.Instance.Node.Address}: {last.Channel.LastFailure?.Message ?? "the attempt to connect did not come to an end."}";
        return NotSent(
            callIsShorter ? RpcStatusCode.DeadlineExceeded : RpcStatusCode.Unavailable,
            $"{methodName} was not sent: none of the {NodeCount:N0} servers of {_condition.ServiceKey} could be reached within "
            + $"{waited.TotalSeconds:0.###} s. {why}",
            last?.Channel.LastFailure);
    }
}
