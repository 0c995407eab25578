using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// Calls one method over a channel's current connection. While the connection is up and has room, a call is written by its caller and
/// costs no allocation; otherwise it takes the slow way, which waits.
/// </summary>
internal sealed class ClientMethod<TRequest, TResponse>(
    CallChannel channel, RpcMethod method, TypeShape<TRequest> requestShape, Func<ICodec, ISerializer<TResponse>> responses)
    where TRequest : struct
{
    private readonly int _timeoutMs = method.TimeoutMs != 0 ? method.TimeoutMs : channel.CallTimeoutMs;
    private readonly ItemPool _pool = PendingCall<TResponse>.Pool;
    private CallRoute<TRequest, TResponse>? _route;

    /// <summary>Writes a request that gets a reply, if that is possible at once.</summary>
    /// <returns>The call to await; null when the slow way must be taken.</returns>
    /// <exception cref="RpcException">The arguments cannot be encoded, or are larger than the server accepts.</exception>
    public PendingCall<TResponse>? TryCall(in TRequest request, CancellationToken cancellationToken)
    {
        CallRoute<TRequest, TResponse>? route = _route;
        if (route is null || route.Connection != channel.Current || cancellationToken.IsCancellationRequested) return null;
        return TryCall(route, in request, _timeoutMs, cancellationToken, out _);
    }

    /// <summary>Writes a request that gets no reply, if that is possible at once.</summary>
    /// <exception cref="RpcException">The arguments cannot be encoded, or are larger than the server accepts.</exception>
    public bool TrySend(in TRequest request, CancellationToken cancellationToken)
    {
        CallRoute<TRequest, TResponse>? route = _route;
        return route is not null && route.Connection == channel.Current && !cancellationToken.IsCancellationRequested
            && route.Connection.TrySend(method.FullName, route.Method, route.Requests, in request) == RpcConnection.StartResult.Written;
    }

    /// <summary>Makes a call, waiting for a connection or for room on it.</summary>
    public async ValueTask<TResponse> CallAsync(TRequest request, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        while (true)
        {
            CallRoute<TRequest, TResponse> route = await GetRouteAsync(RemainingMs(started), cancellationToken).ConfigureAwait(false);
            int timeoutMs = RemainingMs(started);
            PendingCall<TResponse>? call = TryCall(route, in request, timeoutMs, cancellationToken, out RpcConnection.StartResult start);
            if (call is not null) return await new ValueTask<TResponse>(call, call.Version).ConfigureAwait(false);
            if (start == RpcConnection.StartResult.Full) await WaitForRoomAsync(route.Connection, timeoutMs, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request that gets no reply, waiting for a connection or for room on it.</summary>
    public async ValueTask SendAsync(TRequest request, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        while (true)
        {
            CallRoute<TRequest, TResponse> route = await GetRouteAsync(RemainingMs(started), cancellationToken).ConfigureAwait(false);
            int timeoutMs = RemainingMs(started);
            RpcConnection.StartResult start = route.Connection.TrySend(method.FullName, route.Method, route.Requests, in request);
            if (start == RpcConnection.StartResult.Written) return;
            if (start == RpcConnection.StartResult.Full) await WaitForRoomAsync(route.Connection, timeoutMs, cancellationToken).ConfigureAwait(false);
        }
    }

    private PendingCall<TResponse>? TryCall(
        CallRoute<TRequest, TResponse> route, in TRequest request, int timeoutMs, CancellationToken cancellationToken, out RpcConnection.StartResult start)
    {
        long now = Watchdog.BusyNow; // Also without a limit: the watchdog must be awake while a call is under way.
        long deadline = timeoutMs < 0 ? long.MaxValue : now + timeoutMs;
        PendingCall<TResponse> call = PendingCall<TResponse>.Rent(
            _pool, method.FullName, route.Responses, _timeoutMs, deadline, cancellationToken);
        try
        {
            start = route.Connection.TryStart(call, route.Method, route.Requests, in request);
        }
        catch
        {
            call.Return();
            throw;
        }

        if (start == RpcConnection.StartResult.Written) return call;
        call.Return();
        return null;
    }

    private async ValueTask<CallRoute<TRequest, TResponse>> GetRouteAsync(int remainingMs, CancellationToken cancellationToken)
    {
        RpcConnection connection = await channel.GetConnectionAsync(method.FullName, _timeoutMs, remainingMs, cancellationToken).ConfigureAwait(false);
        CallRoute<TRequest, TResponse>? route = _route;
        if (route?.Connection == connection) return route;
        ContractBinding binding = await connection.Contracts.BindAsync(method.Contract, cancellationToken).ConfigureAwait(false);
        route = new CallRoute<TRequest, TResponse>(
            connection, binding.NumberOf(method), connection.Codec.GetSerializer(requestShape), responses(connection.Codec));
        _route = route;
        return route;
    }

    private int RemainingMs(long started)
    {
        if (_timeoutMs < 0) return -1;
        long remaining = _timeoutMs - (Environment.TickCount64 - started);
        return remaining > 0 ? (int)remaining : throw NotSentInTime();
    }

    private async Task WaitForRoomAsync(RpcConnection connection, int timeoutMs, CancellationToken cancellationToken)
    {
        Task room = connection.Output.WaitForRoomAsync(() => connection.HasRoom);
        try
        {
            await room.WaitAsync(TimeSpan.FromMilliseconds(timeoutMs), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw NotSentInTime();
        }
    }

    private RpcException NotSentInTime() => new(
        RpcStatusCode.DeadlineExceeded,
        $"{method.FullName} could not be sent within {_timeoutMs:N0} ms: the connection had as many calls in flight, or as many bytes unsent, as it takes.")
    {
        Progress = RpcCallProgress.NotSent,
    };
}
