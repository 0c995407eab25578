using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Makes calls of one method with streams over a channel's current connection.</summary>
internal sealed class StreamingMethod<TRequest>(CallChannel channel, RpcMethod method, MethodTerms terms, TypeShape<TRequest> requestShape)
    where TRequest : struct
{
    private readonly ClientTelemetry _telemetry = new(method, channel.Endpoint);
    private StreamRoute<TRequest>? _route;

    /// <summary>Service and method, for messages.</summary>
    public string FullName => method.FullName;

    /// <summary>A call is about to be made, and somebody may listen.</summary>
    public ClientObservation Observe() => _telemetry.Begin();

    /// <summary>Makes a call if that is possible at once.</summary>
    /// <param name="request">The ordinary arguments.</param>
    /// <param name="create">Makes the call for a connection.</param>
    /// <param name="observation">Who listens; the call tells them of its end, unless this throws or returns null.</param>
    /// <returns>The call; null when it must wait.</returns>
    /// <exception cref="RpcException">The arguments cannot be encoded, or are larger than the server accepts.</exception>
    public StreamCall? TryStart(in TRequest request, Func<RpcConnection, StreamCall> create, in ClientObservation observation)
    {
        StreamRoute<TRequest>? route = _route;
        if (route is null || route.Connection != channel.Current) return null;
        if (terms.TryGet() is not { } own) return null;
        return own.Inherited.IsCancellationRequested
            ? null
            : TryStart(route, in request, own, own.TimeoutMs, create, in observation, out _);
    }

    /// <summary>Makes a call, waiting for a connection or for room on it.</summary>
    /// <param name="request">The ordinary arguments.</param>
    /// <param name="create">Makes the call for a connection; called again for another one if the first is lost.</param>
    /// <param name="observation">Who listens; the call tells them of its end, unless this fails.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StreamCall> StartAsync(
        TRequest request, Func<RpcConnection, StreamCall> create, ClientObservation observation, CancellationToken cancellationToken)
    {
        CallTerms own = terms.TryGet() ?? await terms.GetAsync(cancellationToken).ConfigureAwait(false);
        using CallWait wait = new(method.FullName, own, cancellationToken);
        while (true)
        {
            StreamRoute<TRequest> route = await wait.GetRouteAsync(channel, BindAsync).ConfigureAwait(false);
            int timeoutMs = wait.RemainingMs;
            StreamCall? call = TryStart(
                route, in request, own, timeoutMs, create, in observation, out RpcConnection.StartResult start);
            if (call is not null) return call;
            if (start == RpcConnection.StartResult.Full) await wait.WaitForRoomAsync(route.Connection).ConfigureAwait(false);
        }
    }

    private static StreamCall? TryStart(
        StreamRoute<TRequest> route,
        in TRequest request,
        CallTerms own,
        int timeoutMs,
        Func<RpcConnection, StreamCall> create,
        in ClientObservation observation,
        out RpcConnection.StartResult start)
    {
        StreamCall call = create(route.Connection);
        call.Prepare(own, timeoutMs, route.Errors, in observation);
        try
        {
            byte[]? headers = observation.IsOn ? observation.Send(own.Headers, route.Connection) : own.Headers;
            MessageHead head = new(timeoutMs, headers, own.HasCredential);
            start = route.Connection.TryStart(call, route.Method, route.Requests, in request, head);
        }
        catch
        {
            call.Discard();
            throw;
        }

        if (start == RpcConnection.StartResult.Written) return call;
        call.Discard();
        return null;
    }

    /// <summary>Finds out how calls of the method go over a connection, and remembers it.</summary>
    private async ValueTask<StreamRoute<TRequest>> BindAsync(RpcConnection connection, CancellationToken cancellationToken)
    {
        StreamRoute<TRequest>? route = _route;
        if (route?.Connection == connection) return route;
        ContractBinding binding = await connection.Contracts.BindAsync(method.Contract, cancellationToken).ConfigureAwait(false);
        ushort number = binding.NumberOf(method);
        if (!connection.Streams.AreSupported)
        {
            throw new RpcException(
                RpcStatusCode.Unimplemented, $"{method.FullName} was not sent: {connection.RemoteAddress} does not support streams.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        ICodec codec = connection.Codec;
        route = new StreamRoute<TRequest>(connection, number, codec.GetSerializer(requestShape), DeclaredErrors.Bind(method, codec));
        _route = route;
        return route;
    }
}
