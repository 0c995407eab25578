using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>The patience of a call that could not be written at once: until its time has passed, or a token is cancelled.</summary>
internal sealed class CallWait : IDisposable
{
    private readonly long _started = Environment.TickCount64;
    private readonly string _methodName;
    private readonly int _timeoutMs;
    private readonly CancellationToken _own;
    private readonly CancellationToken _inherited;
    private readonly CancellationTokenSource? _both;
    private readonly CancellationToken _token;

    /// <param name="methodName">Service and method, for messages.</param>
    /// <param name="terms">What the call is made with.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public CallWait(string methodName, CallTerms terms, CancellationToken cancellationToken)
    {
        _methodName = methodName;
        _timeoutMs = terms.TimeoutMs;
        _own = cancellationToken;
        _inherited = terms.Inherited;
        if (!_inherited.CanBeCanceled)
        {
            _token = _own;
        }
        else if (!_own.CanBeCanceled)
        {
            _token = _inherited;
        }
        else
        {
            _both = CancellationTokenSource.CreateLinkedTokenSource(_own, _inherited);
            _token = _both.Token;
        }
    }

    /// <summary>What remains of the call's time, in milliseconds; -1 for no limit.</summary>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.DeadlineExceeded"/>: nothing does.</exception>
    public int RemainingMs
    {
        get
        {
            if (_timeoutMs < 0) return -1;
            long remaining = _timeoutMs - (Environment.TickCount64 - _started);
            return remaining > 0 ? (int)remaining : throw NotSentInTime();
        }
    }

    /// <summary>Waits for a connection, and for what is asked of it before the call can go over it.</summary>
    /// <param name="channel">Whose connection.</param>
    /// <param name="bind">Finds out how calls of the method go over a connection.</param>
    /// <exception cref="RpcException">There is no connection, or the method cannot be called over it.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled; it has the one that its caller knows.</exception>
    public async ValueTask<TRoute> GetRouteAsync<TRoute>(
        CallChannel channel, Func<RpcConnection, CancellationToken, ValueTask<TRoute>> bind)
    {
        int remainingMs = RemainingMs;
        try
        {
            RpcConnection connection = await channel.GetConnectionAsync(_methodName, _timeoutMs, remainingMs, _token).ConfigureAwait(false);
            return await bind(connection, _token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_token.IsCancellationRequested)
        {
            throw Cancelled();
        }
    }

    /// <summary>Waits until a connection that was full may have room.</summary>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.DeadlineExceeded"/>: it had none within the call's time.</exception>
    /// <exception cref="OperationCanceledException">A token was cancelled; it has the one that its caller knows.</exception>
    public async Task WaitForRoomAsync(RpcConnection connection)
    {
        TimeSpan remaining = TimeSpan.FromMilliseconds(RemainingMs);
        Task room = connection.Output.WaitForRoomAsync(() => connection.HasRoom);
        try
        {
            await room.WaitAsync(remaining, _token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw NotSentInTime();
        }
        catch (OperationCanceledException) when (_token.IsCancellationRequested)
        {
            throw Cancelled();
        }
    }

    public void Dispose() => _both?.Dispose();

    private OperationCanceledException Cancelled() => new(_own.IsCancellationRequested ? _own : _inherited);

    private RpcException NotSentInTime() => new(
        RpcStatusCode.DeadlineExceeded,
        $"{_methodName} could not be sent within {_timeoutMs:N0} ms: the connection had as many calls in flight, "
        + "or as many bytes unsent, as it takes.")
    {
        Progress = RpcCallProgress.NotSent,
    };
}
