using System.Diagnostics;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// Where a call was sent, whether it may be sent again, and what remains of its time. It is made only for calls that are not over with their
/// first attempt.
/// </summary>
internal sealed class Attempts : IDisposable
{
    /// <summary>
    /// How often a call moves on that nobody ran, without that counting as a repetition. It is a bound for what should not happen: servers that
    /// leave one after the other are far fewer.
    /// </summary>
    private const int MaxMoves = 32;

    private readonly NodeRoute _route;
    private readonly bool _hasUpload;
    private readonly ulong? _key;
    private readonly CallPatience _patience;
    private readonly List<NodeState> _tried = [];
    private int _repetitions;
    private int _moves;
    private int _waits;
    private TimeSpan _wait;

    /// <param name="route">What is called.</param>
    /// <param name="policy">How.</param>
    /// <param name="hasUpload">Whether the call sends a stream, which can be read only once.</param>
    /// <param name="key">What the call has in common with others; null for nothing.</param>
    /// <param name="started">When the call was made, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public Attempts(NodeRoute route, RpcCallPolicy policy, bool hasUpload, ulong? key, long started, CancellationToken cancellationToken)
    {
        _route = route;
        Policy = policy;
        _hasUpload = hasUpload;
        _key = key;

        // Null only where credentials are asked for, which is each connection's business.
        long startedMs = Environment.TickCount64 - (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        _patience = new CallPatience(route.Terms.TryGet()!, startedMs, cancellationToken);
    }

    /// <summary>How the call is made.</summary>
    public RpcCallPolicy Policy { get; }

    /// <summary>What remains of the call's time, in milliseconds; -1 for no limit.</summary>
    public int RemainingMs => _patience.RemainingMs;

    /// <summary>Cancelled when the caller gives up.</summary>
    public CancellationToken Token => _patience.Token;

    /// <summary>What is known about the call, for who selects the next server.</summary>
    private PickRequest Request => new() { Key = _key, Tried = _tried };

    /// <summary>What to throw once <see cref="Token"/> is cancelled: it names the token that its caller knows.</summary>
    public OperationCanceledException Cancelled() => _patience.Cancelled();

    /// <summary>Decides whether an attempt that failed is followed by another one, and takes that out of the budget.</summary>
    /// <param name="error">How it failed.</param>
    /// <param name="node">Where.</param>
    public bool TryRepeat(RpcException error, Node node)
    {
        if (!_tried.Contains(node.State)) _tried.Add(node.State);
        int remainingMs = _patience.RemainingMs;
        if (Policy.Retries == 0 || remainingMs == 0 || _patience.Token.IsCancellationRequested) return false;
        bool isAttemptTimeout = Policy.AttemptTimeout is not null && error.Code == RpcStatusCode.DeadlineExceeded;
        RetryDecision decision = RetryRules.Decide(Policy, error, _route.IsIdempotent, _hasUpload, isAttemptTimeout);
        if (decision == RetryDecision.No) return false;
        bool isMove = decision == RetryDecision.AtOnce;
        if (isMove ? _moves >= MaxMoves : _repetitions >= Policy.Retries) return false;

        // One that has enough to do says nothing about the others; but where all were asked, a wait is due before the next round.
        bool isFree = isMove || error.Progress == RpcCallProgress.Refused;
        _wait = isFree && _tried.Count < _route.Service.NodeCount
            ? TimeSpan.Zero
            : RetryBackoff.Draw(Policy.Backoff, _waits++, Random.Shared);
        if (remainingMs > 0 && _wait >= TimeSpan.FromMilliseconds(remainingMs)) return false;
        if (isMove)
        {
            _moves++; // Nobody was burdened.
            Instruments.Resilience.CountTransparentRetry();
            return true;
        }

        if (!_route.TrySpend(Policy)) return false;
        _repetitions++;
        Instruments.Resilience.CountRetry();
        return true;
    }

    /// <summary>Selects the next server, after the wait that is due, and waiting for a connection.</summary>
    /// <exception cref="RpcException">There is none within the call's time.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled; it has the one that its caller knows.</exception>
    public async ValueTask<Node> NextAsync()
    {
        try
        {
            if (_wait > TimeSpan.Zero) await Task.Delay(_wait, _patience.Token).ConfigureAwait(false);
            if (Policy.Strategy == CallStrategy.Available) return _route.Service.FirstConnected(_route.Method.FullName);
            return TryNext() ?? await _route.Service
                .GetNodeAsync(_route.Method.FullName, Request, Policy.Strategy, _patience.RemainingMs, _patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_patience.Token.IsCancellationRequested)
        {
            throw _patience.Cancelled();
        }
    }

    /// <summary>Selects the next server if there is one at once that the call was not sent to.</summary>
    public Node? TryNext()
    {
        PickRequest request = Request;
        return _route.Service.TryNext(in request, Policy.Strategy) is { } node && request.Accepts(node.State) ? node : null;
    }

    /// <summary>The call is under way at a server.</summary>
    public void Sent(Node node) => _tried.Add(node.State);

    /// <summary>Limits what is called inside to what remains of the call's time, and to what an attempt may take.</summary>
    public RpcCallScope? Limit()
    {
        int remainingMs = _patience.RemainingMs;
        TimeSpan? limit = remainingMs >= 0 ? TimeSpan.FromMilliseconds(Math.Max(1, remainingMs)) : null;
        if (Policy.AttemptTimeout is { } attempt && !(limit <= attempt)) limit = attempt;
        return limit is { } time ? RpcCallScope.BeginLimit(time) : null;
    }

    public void Dispose() => _patience.Dispose();
}
