using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.PubSub.Publishing;

/// <summary>Where the calls of a publisher go: to the broker.</summary>
internal sealed class PublishChannel(IBroker broker, ICodec codec) : RpcChannel
{
    public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method) =>
        new EventInvoker<TRequest>(method.Topic, codec.GetSerializer(method.RequestShape), method.RequestShape.Key, codec, broker);

    public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method) =>
        throw NoEvent(method);

    public override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(ServerStreamMethod<TService, TRequest, TItem> method) =>
        throw NoEvent(method);

    public override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method) => throw NoEvent(method);

    public override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method) => throw NoEvent(method);

    public override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(DuplexMethod<TService, TRequest, TIn, TOut> method) =>
        throw NoEvent(method);

    // The generator sees to it that there is none.
    private static NotSupportedException NoEvent(RpcMethod method) => new($"{method} has a result or a stream, which no event has.");
}
