using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A service that a server offers.</summary>
internal abstract class ServiceRegistration
{
    /// <summary>Its contract.</summary>
    public abstract RpcContract Contract { get; }

    /// <summary>Binds its methods to the serializers of a codec, in wire order.</summary>
    public abstract IEnumerable<ServerMethod> Bind(ICodec codec, ErrorPolicy errors);
}

/// <summary>A service with its type and its implementation.</summary>
internal sealed class ServiceRegistration<TService>(RpcContract<TService> contract, ServiceSource<TService> source) : ServiceRegistration
    where TService : class
{
    public override RpcContract Contract => contract;

    public override IEnumerable<ServerMethod> Bind(ICodec codec, ErrorPolicy errors)
    {
        Binder binder = new(codec, source, errors);
        foreach (RpcMethod<TService> method in contract.Methods) method.Accept(binder);
        return binder.Methods;
    }

    private sealed class Binder(ICodec codec, ServiceSource<TService> source, ErrorPolicy errors) : IRpcMethodVisitor<TService>
    {
        public List<ServerMethod> Methods { get; } = [];

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct =>
            Methods.Add(new TypedServerMethod<TService, TRequest, TResponse>(
                method, method.Handler, codec.GetSerializer(method.RequestShape), codec.GetSerializer(method.ResponseShape), source, errors));

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct =>
            Methods.Add(new TypedServerMethod<TService, TRequest, NoResponse>(
                method,
                ActionAdapter.Adapt(method.Handler),
                codec.GetSerializer(method.RequestShape),
                NoResponse.Serializer.Instance,
                source,
                errors));

        public void VisitServerStream<TRequest, TItem>(ServerStreamMethod<TService, TRequest, TItem> method)
            where TRequest : struct =>
            Methods.Add(new ServerStreamServerMethod<TService, TRequest, TItem>(
                method, codec.GetSerializer(method.RequestShape), ItemsOf(method.ItemShape), source, errors));

        public void VisitClientStream<TRequest, TItem, TResponse>(ClientStreamMethod<TService, TRequest, TItem, TResponse> method)
            where TRequest : struct =>
            Methods.Add(new ClientStreamServerMethod<TService, TRequest, TItem, TResponse>(
                method,
                method.Handler,
                codec.GetSerializer(method.RequestShape),
                ItemsOf(method.ItemShape),
                codec.GetSerializer(method.ResponseShape),
                source,
                errors));

        public void VisitClientStreamAction<TRequest, TItem>(ClientStreamActionMethod<TService, TRequest, TItem> method)
            where TRequest : struct =>
            Methods.Add(new ClientStreamServerMethod<TService, TRequest, TItem, NoResponse>(
                method,
                ClientStreamServerMethod<TService, TRequest, TItem, NoResponse>.Adapt(method.Handler),
                codec.GetSerializer(method.RequestShape),
                ItemsOf(method.ItemShape),
                NoResponse.Serializer.Instance,
                source,
                errors));

        public void VisitDuplex<TRequest, TIn, TOut>(DuplexMethod<TService, TRequest, TIn, TOut> method)
            where TRequest : struct =>
            Methods.Add(new DuplexServerMethod<TService, TRequest, TIn, TOut>(
                method, codec.GetSerializer(method.RequestShape), ItemsOf(method.InputShape), ItemsOf(method.OutputShape), source, errors));

        private ItemFormat<T> ItemsOf<T>(TypeShape<T> shape) => ItemFormat<T>.Create(codec.GetSerializer(shape));
    }
}
