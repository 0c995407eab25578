using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client;

/// <summary>
/// A channel whose methods can be bound with the options of a proxy (<see cref="RpcClient.Get{TService}(RpcCallOptions)"/>).
/// </summary>
internal abstract class OptionsChannel : RpcChannel
{
    public sealed override UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method) =>
        Bind(method, proxy: null);

    public sealed override ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method) =>
        Bind(method, proxy: null);

    public sealed override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method) =>
        Bind(method, proxy: null);

    public sealed override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method) =>
        Bind(method, proxy: null);

    public sealed override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method) =>
        Bind(method, proxy: null);

    public sealed override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method) =>
        Bind(method, proxy: null);

    /// <summary>Prepares calls of a method with a result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public abstract UnaryInvoker<TRequest, TResponse> Bind<TService, TRequest, TResponse>(
        UnaryMethod<TService, TRequest, TResponse> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method without a result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public abstract ActionInvoker<TRequest> Bind<TService, TRequest>(ActionMethod<TService, TRequest> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method whose result is a stream.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public abstract ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method that takes a stream and has a result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public abstract ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method that takes a stream and has no result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public abstract ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct;

    /// <summary>Prepares calls of a method that takes a stream and whose result is one.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public abstract DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct;
}
