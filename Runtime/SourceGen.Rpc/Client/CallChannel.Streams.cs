using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Methods with streams.</summary>
internal abstract partial class CallChannel
{
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

    /// <summary>Prepares calls of a method whose result is a stream.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct =>
        new ServerStreamClientInvoker<TRequest, TItem>(Streaming(method, proxy, method.RequestShape), method.ItemShape);

    /// <summary>Prepares calls of a method that takes a stream and has a result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct =>
        new ClientStreamClientInvoker<TRequest, TItem, TResponse>(new UploadingMethod<TRequest, TItem, TResponse>(
            Streaming(method, proxy, method.RequestShape), method.ItemShape, codec => codec.GetSerializer(method.ResponseShape)));

    /// <summary>Prepares calls of a method that takes a stream and has no result.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct =>
        new ClientStreamActionClientInvoker<TRequest, TItem>(new UploadingMethod<TRequest, TItem, NoResponse>(
            Streaming(method, proxy, method.RequestShape), method.ItemShape, static _ => NoResponse.Serializer.Instance));

    /// <summary>Prepares calls of a method that takes a stream and whose result is one.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct =>
        new DuplexClientInvoker<TRequest, TIn, TOut>(
            Streaming(method, proxy, method.RequestShape), method.InputShape, method.OutputShape);

    /// <summary>A stream has no usual length, so the client's default for calls is none for it.</summary>
    private StreamingMethod<TRequest> Streaming<TRequest>(RpcMethod method, RpcCallOptions? proxy, TypeShape<TRequest> request)
        where TRequest : struct =>
        new(this, method, new MethodTerms(method, clientTimeoutMs: -1, headers, proxy), request);
}
