using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// Calls one method over a channel's current connection. While the connection is up and has room, a call is written by its caller and
/// costs no allocation; otherwise it takes the slow way, which waits.
/// </summary>
internal sealed class ClientMethod<TRequest, TResponse>(
    CallChannel channel,
    RpcMethod method,
    MethodTerms terms,
    TypeShape<TRequest> requestShape,
    Func<ICodec, ISerializer<TResponse>> responses)
    where TRequest : struct
{
    private readonly ItemPool _pool = PendingCall<TResponse>.Pool;
    private readonly ClientTelemetry _telemetry = new(method, channel.Endpoint);
    private CallRoute<TRequest, TResponse>? _route;

    /// <summary>A call is about to be made, and somebody may listen.</summary>
    public ClientObservation Observe() => _telemetry.Begin();

    /// <summary>Writes a request that gets a reply, if that is possible at once.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="observation">Who listens; the call tells them of its end, unless this throws or returns null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The call to await; null when the slow way must be taken.</returns>
    /// <exception cref="RpcException">The arguments cannot be encoded, or are larger than the server accepts.</exception>
    public PendingCall<TResponse>? TryCall(in TRequest request, in ClientObservation observation, CancellationToken cancellationToken)
    {
        CallRoute<TRequest, TResponse>? route = _route;
        if (route is null || route.Connection != channel.Current || cancellationToken.IsCancellationRequested) return null;
        if (terms.TryGet() is not { } own) return null;
        return own.Inherited.IsCancellationRequested
            ? null
            : TryCall(route, in request, own, own.TimeoutMs, in observation, cancellationToken, out _);
    }

    /// <summary>Calls the method without a message, if its server is in this process and nothing about the call is in the way.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="call">The call, begun and perhaps completed.</param>
    /// <returns>False when it is to be made in the ordinary way.</returns>
    /// <exception cref="RpcException">The call's time has passed before it was made.</exception>
    public bool TryInvoke(in TRequest request, CancellationToken cancellationToken, out ValueTask<TResponse> call)
    {
        call = default;
        CallRoute<TRequest, TResponse>? route = _route;
        if (route?.InProcess is not { } local
            || route.Connection != channel.Current
            || cancellationToken.IsCancellationRequested
            || terms.TryGet() is not { } own
            || own.Inherited.IsCancellationRequested)
        {
            return false;
        }

        return local.TryInvoke(in request, own, route.Errors, cancellationToken, out call);
    }

    /// <summary>Writes a request that gets no reply, if that is possible at once.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="observation">Who listens; nobody tells them of the call's end here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The arguments cannot be encoded, or are larger than the server accepts.</exception>
    public bool TrySend(in TRequest request, in ClientObservation observation, CancellationToken cancellationToken)
    {
        CallRoute<TRequest, TResponse>? route = _route;
        if (route is null || route.Connection != channel.Current || cancellationToken.IsCancellationRequested) return false;
        if (terms.TryGet() is not { } own) return false;
        return !own.Inherited.IsCancellationRequested
            && TrySend(route, in request, own, in observation) == RpcConnection.StartResult.Written;
    }

    /// <summary>Makes a call, waiting for a connection or for room on it.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="observation">Who listens; they are told of the call's end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<TResponse> CallAsync(TRequest request, ClientObservation observation, CancellationToken cancellationToken)
    {
        bool written = false; // From then on the call itself says how it ends.
        try
        {
            CallTerms own = terms.TryGet() ?? await terms.GetAsync(cancellationToken).ConfigureAwait(false);
            using CallWait wait = new(method.FullName, own, cancellationToken);
            while (true)
            {
                CallRoute<TRequest, TResponse> route = await wait.GetRouteAsync(channel, BindAsync).ConfigureAwait(false);
                int timeoutMs = wait.RemainingMs;
                PendingCall<TResponse>? call = TryCall(
                    route, in request, own, timeoutMs, in observation, cancellationToken, out RpcConnection.StartResult start);
                if (call is not null)
                {
                    written = true;
                    return await new ValueTask<TResponse>(call, call.Version).ConfigureAwait(false);
                }

                if (start == RpcConnection.StartResult.Full)
                    await wait.WaitForRoomAsync(route.Connection).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (observation.IsOn && !written)
        {
            observation.End(e);
            throw;
        }
    }

    /// <summary>Sends a request that gets no reply, waiting for a connection or for room on it.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="observation">Who listens; they are told of the call's end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask SendAsync(TRequest request, ClientObservation observation, CancellationToken cancellationToken)
    {
        try
        {
            CallTerms own = terms.TryGet() ?? await terms.GetAsync(cancellationToken).ConfigureAwait(false);
            using CallWait wait = new(method.FullName, own, cancellationToken);
            RpcConnection.StartResult start;
            do
            {
                CallRoute<TRequest, TResponse> route = await wait.GetRouteAsync(channel, BindAsync).ConfigureAwait(false);
                int timeoutMs = wait.RemainingMs;
                start = TrySend(route, in request, own, in observation);
                if (start == RpcConnection.StartResult.Full)
                    await wait.WaitForRoomAsync(route.Connection).ConfigureAwait(false);
            }
            while (start != RpcConnection.StartResult.Written);
        }
        catch (Exception e) when (observation.IsOn)
        {
            observation.End(e);
            throw;
        }

        observation.End(error: null);
    }

    /// <summary>
    /// The limit of a one-way call is for its sending alone and does not travel with it: nobody waits for what its handler does.
    /// </summary>
    private RpcConnection.StartResult TrySend(
        CallRoute<TRequest, TResponse> route, in TRequest request, CallTerms own, in ClientObservation observation)
    {
        byte[]? headers = observation.IsOn ? observation.Send(own.Headers, route.Connection) : own.Headers;
        return route.Connection.TrySend(
            method.FullName, route.Method, route.Requests, in request, new MessageHead(remainingMs: -1, headers, own.HasCredential));
    }

    private PendingCall<TResponse>? TryCall(
        CallRoute<TRequest, TResponse> route,
        in TRequest request,
        CallTerms own,
        int timeoutMs,
        in ClientObservation observation,
        CancellationToken cancellationToken,
        out RpcConnection.StartResult start)
    {
        long now = Watchdog.BusyNow; // Also without a limit: the watchdog must be awake while a call is under way.
        long deadline = timeoutMs < 0 ? long.MaxValue : now + timeoutMs;
        PendingCall<TResponse> call = PendingCall<TResponse>.Rent(
            _pool, method.FullName, route.Responses, own, deadline, cancellationToken);
        byte[]? headers = own.Headers;
        try
        {
            if (observation.IsOn)
            {
                call.Observe(in observation);
                headers = observation.Send(headers, route.Connection);
            }

            start = route.Connection.TryStart(
                call, route.Method, route.Requests, in request, new MessageHead(timeoutMs, headers, own.HasCredential));
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

    /// <summary>Finds out how calls of the method go over a connection, and remembers it.</summary>
    private async ValueTask<CallRoute<TRequest, TResponse>> BindAsync(RpcConnection connection, CancellationToken cancellationToken)
    {
        CallRoute<TRequest, TResponse>? route = _route;
        if (route?.Connection == connection) return route;
        ContractBinding binding = await connection.Contracts.BindAsync(method.Contract, cancellationToken).ConfigureAwait(false);
        ushort number = binding.NumberOf(method);
        bool isOneWay = (method.Options & RpcMethodOptions.OneWay) != 0;
        route = new CallRoute<TRequest, TResponse>(
            connection, number, connection.Codec.GetSerializer(requestShape), responses(connection.Codec))
        {
            InProcess = isOneWay ? null : await connection.BindInProcessAsync<TRequest, TResponse>(number).ConfigureAwait(false),
        };
        _route = route;
        return route;
    }
}
