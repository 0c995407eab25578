using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Policies;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Prepares calls: the filters outside, then the choice of a server, then the call over its connection.</summary>
internal sealed partial class ServiceChannel
{
    public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method, RpcCallOptions? proxy) =>
        _filters.Around(
            method,
            method.RequestShape,
            new UnaryNodeInvoker<TRequest, TResponse>(
                Route(method, proxy, CallTimeoutMs),
                new NodeInvokers<UnaryInvoker<TRequest, TResponse>>(channel => channel.Bind(method, proxy)),
                method.RequestShape.Key));

    public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method, RpcCallOptions? proxy) =>
        _filters.Around(
            method,
            method.RequestShape,
            new ActionNodeInvoker<TRequest>(
                Route(method, proxy, CallTimeoutMs),
                new NodeInvokers<ActionInvoker<TRequest>>(channel => channel.Bind(method, proxy)),
                method.RequestShape.Key));

    public override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy) =>
        _filters.Around(
            method,
            method.RequestShape,
            new ServerStreamNodeInvoker<TRequest, TItem>(
                Route(method, proxy, -1), new NodeInvokers<ServerStreamInvoker<TRequest, TItem>>(channel => channel.Bind(method, proxy))));

    public override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method, RpcCallOptions? proxy) =>
        _filters.Around(
            method,
            method.RequestShape,
            new ClientStreamNodeInvoker<TRequest, TItem, TResponse>(
                Route(method, proxy, -1),
                new NodeInvokers<ClientStreamInvoker<TRequest, TItem, TResponse>>(channel => channel.Bind(method, proxy))));

    public override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy) =>
        new ClientStreamActionClientInvoker<TRequest, TItem>(_filters.Around(
            method,
            method.RequestShape,
            new ClientStreamNodeInvoker<TRequest, TItem, Wire.NoResponse>(
                Route(method, proxy, -1),
                new NodeInvokers<ClientStreamInvoker<TRequest, TItem, Wire.NoResponse>>(channel => channel.BindUpload(method, proxy))),
            hasResult: false));

    public override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method, RpcCallOptions? proxy) =>
        _filters.Around(
            method,
            method.RequestShape,
            new DuplexNodeInvoker<TRequest, TIn, TOut>(
                Route(method, proxy, -1), new NodeInvokers<DuplexInvoker<TRequest, TIn, TOut>>(channel => channel.Bind(method, proxy))));

    private NodeRoute Route(RpcMethod method, RpcCallOptions? proxy, int clientTimeoutMs) =>
        new(this, method, new MethodTerms(method, clientTimeoutMs, _options.Headers.Copy(), proxy), new MethodPolicy(method, _options, proxy));
}
