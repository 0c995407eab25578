using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>A way to the services of one peer, over whatever connection there is to it at the moment.</summary>
/// <param name="callTimeoutMs">See <see cref="CallTimeoutMs"/>.</param>
internal abstract partial class CallChannel(int callTimeoutMs) : RpcChannel
{
    private volatile RpcConnection? _current;

    /// <summary>The connection that new calls go over; null while there is none.</summary>
    public RpcConnection? Current
    {
        get => _current;
        protected set => _current = value;
    }

    /// <summary>How long a call may take whose contract does not say; -1 for no limit.</summary>
    public int CallTimeoutMs { get; } = callTimeoutMs;

    public sealed override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method) =>
        new UnaryClientInvoker<TRequest, TResponse>(new ClientMethod<TRequest, TResponse>(
            this, method, method.RequestShape, codec => codec.GetSerializer(method.ResponseShape)));

    public sealed override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method)
    {
        ClientMethod<TRequest, NoResponse> calls = new(this, method, method.RequestShape, static _ => NoResponse.Serializer.Instance);
        return (method.Options & RpcMethodOptions.OneWay) != 0
            ? new OneWayClientInvoker<TRequest>(calls)
            : new ActionClientInvoker<TRequest>(calls);
    }

    /// <summary>Gets the connection, waiting for one if that makes sense.</summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="callTimeoutMs">The call's own limit in milliseconds; -1 for none.</param>
    /// <param name="remainingMs">What remains of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is none; the message says why.</exception>
    public abstract ValueTask<RpcConnection> GetConnectionAsync(
        string methodName, int callTimeoutMs, int remainingMs, CancellationToken cancellationToken);
}
