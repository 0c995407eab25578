using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Methods with streams.</summary>
internal abstract partial class CallChannel
{
    public sealed override ServerStreamInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(ServerStreamMethod<TService, TRequest, TItem> method) =>
        new ServerStreamClientInvoker<TRequest, TItem>(new StreamingMethod<TRequest>(this, method, method.RequestShape), method.ItemShape);

    public sealed override ClientStreamInvoker<TRequest, TItem, TResponse> Bind<TService, TRequest, TItem, TResponse>(
        ClientStreamMethod<TService, TRequest, TItem, TResponse> method) =>
        new ClientStreamClientInvoker<TRequest, TItem, TResponse>(new UploadingMethod<TRequest, TItem, TResponse>(
            new StreamingMethod<TRequest>(this, method, method.RequestShape), method.ItemShape, codec => codec.GetSerializer(method.ResponseShape)));

    public sealed override ClientStreamActionInvoker<TRequest, TItem> Bind<TService, TRequest, TItem>(
        ClientStreamActionMethod<TService, TRequest, TItem> method) =>
        new ClientStreamActionClientInvoker<TRequest, TItem>(new UploadingMethod<TRequest, TItem, NoResponse>(
            new StreamingMethod<TRequest>(this, method, method.RequestShape), method.ItemShape, static _ => NoResponse.Serializer.Instance));

    public sealed override DuplexInvoker<TRequest, TIn, TOut> Bind<TService, TRequest, TIn, TOut>(DuplexMethod<TService, TRequest, TIn, TOut> method) =>
        new DuplexClientInvoker<TRequest, TIn, TOut>(
            new StreamingMethod<TRequest>(this, method, method.RequestShape), method.InputShape, method.OutputShape);
}
