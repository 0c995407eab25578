using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Makes calls of one method with streams over a channel's current connection.</summary>
internal sealed class StreamingMethod<TRequest>(CallChannel channel, RpcMethod method, TypeShape<TRequest> requestShape)
    where TRequest : struct
{
    /// <summary>A stream has no usual length, so the client's default for calls is none for it.</summary>
    private readonly int _timeoutMs = method.TimeoutMs != 0 ? method.TimeoutMs : -1;
    private StreamRoute<TRequest>? _route;

    /// <summary>Service and method, for messages.</summary>
    public string FullName => method.FullName;

    /// <summary>Makes a call if that is possible at once.</summary>
    /// <param name="request">The ordinary arguments.</param>
    /// <param name="create">Makes the call for a connection.</param>
    /// <returns>The call; null when it must wait.</returns>
    /// <exception cref="RpcException">The arguments cannot be encoded, or are larger than the server accepts.</exception>
    public StreamCall? TryStart(in TRequest request, Func<RpcConnection, StreamCall> create)
    {
        StreamRoute<TRequest>? route = _route;
        return route is null || route.Connection != channel.Current ? null : TryStart(route, in request, _timeoutMs, create, out _);
    }

    /// <summary>Makes a call, waiting for a connection or for room on it.</summary>
    /// <param name="request">The ordinary arguments.</param>
    /// <param name="create">Makes the call for a connection; called again for another one if the first is lost.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StreamCall> StartAsync(TRequest request, Func<RpcConnection, StreamCall> create, CancellationToken cancellationToken)
    {
        long started = Environment.TickCount64;
        while (true)
        {
            StreamRoute<TRequest> route = await GetRouteAsync(RemainingMs(started), cancellationToken).ConfigureAwait(false);
            int timeoutMs = RemainingMs(started);
            StreamCall? call = TryStart(route, in request, timeoutMs, create, out RpcConnection.StartResult start);
            if (call is not null) return call;
            if (start == RpcConnection.StartResult.Full) await WaitForRoomAsync(route.Connection, timeoutMs, cancellationToken).ConfigureAwait(false);
        }
    }

    private StreamCall? TryStart(
        StreamRoute<TRequest> route, in TRequest request, int timeoutMs, Func<RpcConnection, StreamCall> create, out RpcConnection.StartResult start)
    {
        StreamCall call = create(route.Connection);
        call.SetTimeout(timeoutMs);
        start = route.Connection.TryStartStream(call, route.Method, route.Requests, in request);
        return start == RpcConnection.StartResult.Written ? call : null;
    }

    private async ValueTask<StreamRoute<TRequest>> GetRouteAsync(int remainingMs, CancellationToken cancellationToken)
    {
        RpcConnection connection = await channel.GetConnectionAsync(method.FullName, _timeoutMs, remainingMs, cancellationToken).ConfigureAwait(false);
        StreamRoute<TRequest>? route = _route;
        if (route?.Connection == connection) return route;
        ContractBinding binding = await connection.Contracts.BindAsync(method.Contract, cancellationToken).ConfigureAwait(false);
        ushort number = binding.NumberOf(method);
        if (!connection.Streams.AreSupported)
        {
            throw new RpcException(
                RpcStatusCode.Unimplemented, $"{method.FullName} was not sent: the server at {connection.RemoteAddress} does not support streams.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        route = new StreamRoute<TRequest>(connection, number, connection.Codec.GetSerializer(requestShape));
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
