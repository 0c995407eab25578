using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The way to one server of a service, for calls that are meant for it alone.</summary>
/// <param name="instance">What the registry says about it; null for a server that was given by its address.</param>
/// <param name="channel">The connection.</param>
/// <param name="filters">What runs around the calls.</param>
internal sealed class NodeChannel(ServiceInstance? instance, ClientChannel channel, FilterChain filters) : OptionsChannel
{
    /// <summary>What the registry says about the server; null for one that was given by its address.</summary>
    public ServiceInstance? Instance { get; } = instance;

    /// <summary>The server's address.</summary>
    public RpcAddress Address { get; } = channel.Address;

    /// <summary>Waits for a connection.</summary>
    /// <exception cref="RpcException">There was none in time.</exception>
    public ValueTask ConnectAsync(string methodName, CancellationToken cancellationToken) =>
        channel.WaitForConnectionAsync(methodName, remainingMs: -1, cancellationToken);

    public override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method, RpcCallOptions? proxy) =>
        filters.Around(method, method.RequestShape, channel.Bind(method, proxy));

    public override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method, RpcCallOptions? proxy) =>
        filters.Around(method, method.RequestShape, channel.Bind(method, proxy));

    public override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy) =>
        filters.Around(method, method.RequestShape, channel.Bind(method, proxy));

    public override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method, RpcCallOptions? proxy) =>
        filters.Around(method, method.RequestShape, channel.Bind(method, proxy));

    public override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy) =>
        new ClientStreamActionClientInvoker<TRequest, TItem>(filters.Around(
            method, method.RequestShape, channel.BindUpload(method, proxy), hasResult: false));

    public override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method, RpcCallOptions? proxy) =>
        filters.Around(method, method.RequestShape, channel.Bind(method, proxy));
}
