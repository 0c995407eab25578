using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>A way to the services of one peer, over whatever connection there is to it at the moment.</summary>
/// <param name="callTimeoutMs">See <see cref="CallTimeoutMs"/>.</param>
/// <param name="headers">Headers of every call, which nobody else holds; null for none.</param>
/// <param name="filters">What runs around the calls.</param>
/// <param name="endpoint">See <see cref="Endpoint"/>.</param>
/// <param name="callCredentials">Where calls without a credential of their own get one; null for nowhere.</param>
internal abstract partial class CallChannel(
    int callTimeoutMs, RpcHeaders? headers, FilterChain filters, TelemetryEndpoint? endpoint, CredentialStore? callCredentials = null)
    : OptionsChannel
{
    private volatile RpcConnection? _current;

    /// <summary>The connection that new calls go over; null while there is none.</summary>
    public RpcConnection? Current
    {
        get => _current;
        protected set => _current = value;
    }

    /// <summary>The peer's address as it was given, for telemetry; null for a peer that nobody gave one.</summary>
    public TelemetryEndpoint? Endpoint { get; } = endpoint;

    /// <summary>How long a call may take whose contract does not say; -1 for no limit.</summary>
    public int CallTimeoutMs { get; } = callTimeoutMs;

    public sealed override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method, RpcCallOptions? proxy) =>
        filters.Around(method, method.RequestShape, new UnaryClientInvoker<TRequest, TResponse>(new ClientMethod<TRequest, TResponse>(
            this,
            method,
            TermsOf(method, proxy),
            method.RequestShape,
            codec => ErrorAwareSerializer.Add(method, codec, codec.GetSerializer(method.ResponseShape)))));

    public sealed override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method, RpcCallOptions? proxy)
    {
        ClientMethod<TRequest, NoResponse> calls = new(
            this,
            method,
            TermsOf(method, proxy),
            method.RequestShape,
            codec => ErrorAwareSerializer.Add(method, codec, NoResponse.Serializer.Instance));
        return filters.Around(method, method.RequestShape, (method.Options & RpcMethodOptions.OneWay) != 0
            ? new OneWayClientInvoker<TRequest>(calls)
            : new ActionClientInvoker<TRequest>(calls));
    }

    /// <summary>Gets the connection, waiting for one if that makes sense.</summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="callTimeoutMs">The call's own limit in milliseconds; -1 for none.</param>
    /// <param name="remainingMs">What remains of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is none; the message says why.</exception>
    public abstract ValueTask<RpcConnection> GetConnectionAsync(
        string methodName, int callTimeoutMs, int remainingMs, CancellationToken cancellationToken);

    private MethodTerms TermsOf(RpcMethod method, RpcCallOptions? proxy) => new(method, CallTimeoutMs, headers, proxy, callCredentials);
}
