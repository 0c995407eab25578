namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// A call that did not reach a server, or was lost on the way, and where it goes next. It is made only for such calls.
/// </summary>
internal sealed class Failover : IDisposable
{
    /// <summary>How often a call is sent again, each time to another server while there is one. Dubbo's default.</summary>
    private const int MaxRepetitions = 2;

    private readonly NodeRoute _route;
    private readonly bool _hasUpload;
    private readonly CallPatience _patience;
    private readonly List<Node> _tried = [];

    /// <param name="route">What is called.</param>
    /// <param name="hasUpload">Whether the call sends a stream, which can be read only once.</param>
    /// <param name="started">When the call was made, on the engine's clock.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public Failover(NodeRoute route, bool hasUpload, long started, CancellationToken cancellationToken)
    {
        _route = route;
        _hasUpload = hasUpload;

        // Null only where credentials are asked for, which is each connection's business.
        _patience = new CallPatience(route.Terms.TryGet()!, started, cancellationToken);
    }

    /// <summary>Whether a call that failed can be sent again: it did not run, or may run twice, and there is time.</summary>
    /// <param name="error">How it failed.</param>
    /// <param name="node">Where.</param>
    public bool TryRepeat(RpcException error, Node node)
    {
        _tried.Add(node);
        if (_tried.Count > MaxRepetitions || _patience.RemainingMs == 0 || _patience.Token.IsCancellationRequested) return false;
        return error.Progress switch
        {
            RpcCallProgress.NotSent => error.Code == RpcStatusCode.Unavailable,

            // Of what a refused call would have sent, something may have been read already.
            RpcCallProgress.Refused => error.Code is RpcStatusCode.Unavailable or RpcStatusCode.ResourceExhausted && !_hasUpload,
            RpcCallProgress.Unknown => error.Code == RpcStatusCode.Unavailable && _route.IsIdempotent && !_hasUpload,
            _ => false,
        };
    }

    /// <summary>Gets the next server, waiting for one.</summary>
    /// <exception cref="RpcException">There is none within the call's time.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled; it has the one that its caller knows.</exception>
    public async ValueTask<Node> NextAsync()
    {
        try
        {
            return await _route.Service
                .GetNodeAsync(_route.Method.FullName, _tried, _patience.RemainingMs, _patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_patience.Token.IsCancellationRequested)
        {
            throw _patience.Cancelled();
        }
    }

    /// <summary>Limits what is called inside to what remains of the call's time.</summary>
    public RpcCallScope? Limit() => _patience.RemainingMs is var remaining and >= 0
        ? RpcCallScope.BeginLimit(TimeSpan.FromMilliseconds(Math.Max(1, remaining)))
        : null;

    public void Dispose() => _patience.Dispose();
}
