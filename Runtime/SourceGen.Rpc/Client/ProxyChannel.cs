using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client;

/// <summary>A client's channel as one proxy sees it that was made with options of its own.</summary>
/// <param name="channel">The client's channel.</param>
/// <param name="options">The proxy's options, which nobody else holds.</param>
internal sealed class ProxyChannel(OptionsChannel channel, RpcCallOptions options) : RpcChannel
{
    public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method) =>
        channel.Bind(method, options);

    public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method) =>
        channel.Bind(method, options);

    public override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method) =>
        channel.Bind(method, options);

    public override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method) =>
        channel.Bind(method, options);

    public override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method) =>
        channel.Bind(method, options);

    public override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method) =>
        channel.Bind(method, options);
}
