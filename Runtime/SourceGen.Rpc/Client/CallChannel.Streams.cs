using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Methods with streams. A stream has no usual length, so the client's time limit for calls is none for them.</summary>
internal abstract partial class CallChannel
{
    public sealed override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ServerStreamMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy) =>
        filters.Around(
            method,
            method.RequestShape,
            new ServerStreamClientInvoker<TRequest, TItem>(Streaming(method, method.RequestShape, proxy), method.ItemShape));

    public sealed override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method, RpcCallOptions? proxy) =>
        filters.Around(
            method,
            method.RequestShape,
            new ClientStreamClientInvoker<TRequest, TItem, TResponse>(new UploadingMethod<TRequest, TItem, TResponse>(
                Streaming(method, method.RequestShape, proxy), method.ItemShape, codec => codec.GetSerializer(method.ResponseShape))));

    public sealed override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy) =>
        new ClientStreamActionClientInvoker<TRequest, TItem>(filters.Around(
            method, method.RequestShape, BindUpload(method, proxy), hasResult: false));

    public sealed override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(
        DuplexMethod<TService, TRequest, TIn, TOut> method, RpcCallOptions? proxy) =>
        filters.Around(
            method,
            method.RequestShape,
            new DuplexClientInvoker<TRequest, TIn, TOut>(
                Streaming(method, method.RequestShape, proxy), method.InputShape, method.OutputShape));

    /// <summary>Prepares calls of a method that takes a stream and has no result, without the filters.</summary>
    /// <param name="method">The method.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    public ClientStreamInvoker<TRequest, TItem, NoResponse> BindUpload<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method, RpcCallOptions? proxy)
        where TService : class
        where TRequest : struct =>
        new ClientStreamClientInvoker<TRequest, TItem, NoResponse>(new UploadingMethod<TRequest, TItem, NoResponse>(
            Streaming(method, method.RequestShape, proxy), method.ItemShape, static _ => NoResponse.Serializer.Instance));

    private StreamingMethod<TRequest> Streaming<TRequest>(RpcMethod method, TypeShape<TRequest> shape, RpcCallOptions? proxy)
        where TRequest : struct =>
        new(this, method, new MethodTerms(method, clientTimeoutMs: -1, headers, proxy, callCredentials), shape);
}
