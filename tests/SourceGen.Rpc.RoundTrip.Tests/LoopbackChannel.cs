using System.Buffers;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>
/// A channel without a wire: a call is encoded, decoded, dispatched to the service, and its result encoded and decoded again.
/// </summary>
internal sealed class LoopbackChannel(object service) : RpcChannel
{
    /// <summary>A proxy whose calls arrive at <paramref name="service"/>.</summary>
    public static TService Connect<TService>(TService service)
        where TService : class, IRpcContract<TService> => TService.Contract.CreateProxy(new LoopbackChannel(service));

    public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method) =>
        new Unary<TService, TRequest, TResponse>((TService)service, method);

    public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method) =>
        new Action<TService, TRequest>((TService)service, method);

    internal static T Copy<T>(TypeShape<T> shape, in T value)
    {
        ISerializer<T> serializer = MessagePackCodec.Instance.GetSerializer(shape);
        ArrayBufferWriter<byte> bytes = new();
        serializer.Serialize(bytes, value);
        return serializer.Deserialize(new ReadOnlySequence<byte>(bytes.WrittenMemory));
    }

    private sealed class Unary<TService, TRequest, TResponse>(TService service, UnaryMethod<TService, TRequest, TResponse> method)
        : UnaryInvoker<TRequest, TResponse>
        where TService : class
        where TRequest : struct
    {
        public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken) =>
            CallAsync(Copy(method.RequestShape, request), cancellationToken);

        private async ValueTask<TResponse> CallAsync(TRequest request, CancellationToken cancellationToken) =>
            Copy(method.ResponseShape, await method.Handler(service, request, cancellationToken));
    }

    private sealed class Action<TService, TRequest>(TService service, ActionMethod<TService, TRequest> method) : ActionInvoker<TRequest>
        where TService : class
        where TRequest : struct
    {
        public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken) =>
            method.Handler(service, Copy(method.RequestShape, request), cancellationToken);
    }
}
