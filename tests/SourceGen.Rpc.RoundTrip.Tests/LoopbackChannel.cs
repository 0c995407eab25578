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

    /// <summary>The bytes of the last request with one reply.</summary>
    public byte[] LastRequest { get; private set; } = [];

    public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method) =>
        new Unary<TService, TRequest, TResponse>(this, (TService)service, method);

    public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method) =>
        new Action<TService, TRequest>((TService)service, method);

    public override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method) =>
        new ServerStream<TService, TRequest, TItem>((TService)service, method);

    public override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method) =>
        new ClientStream<TService, TRequest, TItem, TResponse>((TService)service, method);

    public override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method) =>
        new ClientStreamAction<TService, TRequest, TItem>((TService)service, method);

    public override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method) =>
        new Duplex<TService, TRequest, TIn, TOut>((TService)service, method);

    private static async IAsyncEnumerable<T> CopyAll<T>(TypeShape<T> shape, IAsyncEnumerable<T> items)
    {
        await foreach (T item in items) yield return Copy(shape, item);
    }

    internal static T Copy<T>(TypeShape<T> shape, in T value) => Decode(shape, Encode(shape, value));

    private static byte[] Encode<T>(TypeShape<T> shape, in T value)
    {
        ArrayBufferWriter<byte> bytes = new();
        MessagePackCodec.Instance.GetSerializer(shape).Serialize(bytes, value);
        return bytes.WrittenSpan.ToArray();
    }

    private static T Decode<T>(TypeShape<T> shape, byte[] bytes) =>
        MessagePackCodec.Instance.GetSerializer(shape).Deserialize(new ReadOnlySequence<byte>(bytes));

    private sealed class Unary<TService, TRequest, TResponse>(
        LoopbackChannel channel, TService service, UnaryMethod<TService, TRequest, TResponse> method)
        : UnaryInvoker<TRequest, TResponse>
        where TService : class
        where TRequest : struct
    {
        public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken)
        {
            channel.LastRequest = Encode(method.RequestShape, request);
            return CallAsync(Decode(method.RequestShape, channel.LastRequest), cancellationToken);
        }

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

    private sealed class ServerStream<TService, TRequest, TItem>(TService service, ServerStreamMethod<TService, TRequest, TItem> method)
        : ServerStreamInvoker<TRequest, TItem>
        where TService : class
        where TRequest : struct
    {
        public override IAsyncEnumerable<TItem> Invoke(in TRequest request, CancellationToken cancellationToken) =>
            CopyAll(method.ItemShape, method.Handler(service, Copy(method.RequestShape, request), cancellationToken));
    }

    private sealed class ClientStream<TService, TRequest, TItem, TResponse>(
        TService service, ClientStreamMethod<TService, TRequest, TItem, TResponse> method)
        : ClientStreamInvoker<TRequest, TItem, TResponse>
        where TService : class
        where TRequest : struct
    {
        public override ValueTask<TResponse> InvokeAsync(
            in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken) =>
            CallAsync(Copy(method.RequestShape, request), items, cancellationToken);

        private async ValueTask<TResponse> CallAsync(
            TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken) =>
            Copy(method.ResponseShape, await method.Handler(service, request, CopyAll(method.ItemShape, items), cancellationToken));
    }

    private sealed class ClientStreamAction<TService, TRequest, TItem>(
        TService service, ClientStreamActionMethod<TService, TRequest, TItem> method)
        : ClientStreamActionInvoker<TRequest, TItem>
        where TService : class
        where TRequest : struct
    {
        public override ValueTask InvokeAsync(in TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken) =>
            method.Handler(service, Copy(method.RequestShape, request), CopyAll(method.ItemShape, items), cancellationToken);
    }

    private sealed class Duplex<TService, TRequest, TIn, TOut>(TService service, DuplexMethod<TService, TRequest, TIn, TOut> method)
        : DuplexInvoker<TRequest, TIn, TOut>
        where TService : class
        where TRequest : struct
    {
        public override IAsyncEnumerable<TOut> Invoke(
            in TRequest request, IAsyncEnumerable<TIn> items, CancellationToken cancellationToken)
        {
            TRequest copy = Copy(method.RequestShape, request);
            return CopyAll(method.OutputShape, method.Handler(service, copy, CopyAll(method.InputShape, items), cancellationToken));
        }
    }
}
