using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>The patience of a call that could not be written at once: until its time has passed, or a token is cancelled.</summary>
internal sealed class CallWait : IDisposable
{
    private readonly string _methodName;
    private readonly CallPatience _patience;

    /// <param name="methodName">Service and method, for messages.</param>
    /// <param name="terms">What the call is made with.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public CallWait(string methodName, CallTerms terms, CancellationToken cancellationToken)
    {
        _methodName = methodName;
        _patience = new CallPatience(terms, Environment.TickCount64, cancellationToken);
    }

    /// <summary>What remains of the call's time, in milliseconds; -1 for no limit.</summary>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.DeadlineExceeded"/>: nothing does.</exception>
    public int RemainingMs => _patience.RemainingMs is var remaining and not 0 ? remaining : throw NotSentInTime();

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
            RpcConnection connection = await channel
                .GetConnectionAsync(_methodName, _patience.TimeoutMs, remainingMs, _patience.Token).ConfigureAwait(false);
            return await bind(connection, _patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_patience.Token.IsCancellationRequested)
        {
            throw _patience.Cancelled();
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
            await room.WaitAsync(remaining, _patience.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw NotSentInTime();
        }
        catch (OperationCanceledException) when (_patience.Token.IsCancellationRequested)
        {
            throw _patience.Cancelled();
        }
    }

    public void Dispose() => _patience.Dispose();

    private RpcException NotSentInTime() => new(
        RpcStatusCode.DeadlineExceeded,
        $"{_methodName} could not be sent within {_patience.TimeoutMs:N0} ms: the connection had as many calls in flight, "
        + "or as many bytes unsent, as it takes.")
    {
        Progress = RpcCallProgress.NotSent,
    };
}
