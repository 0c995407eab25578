using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A service that a server offers.</summary>
internal abstract class ServiceRegistration
{
    /// <summary>Its contract.</summary>
    public abstract RpcContract Contract { get; }

    /// <summary>Whether the server offers it by itself, to those who can use it.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>Binds its methods to the serializers of a codec, in wire order.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="errors">What callers are told about exceptions.</param>
    /// <param name="counts">Where calls are counted; null when they are not, which costs them nothing.</param>
    /// <param name="filters">What runs around calls; null for nothing.</param>
    /// <param name="scopes">Where filters get a call's own services from.</param>
    public abstract IEnumerable<ServerMethod> Bind(
        ICodec codec, ErrorPolicy errors, CallCounts? counts = null, FilterChain? filters = null, RpcScopeFactory? scopes = null);
}

/// <summary>A service with its type and its implementation.</summary>
internal sealed class ServiceRegistration<TService>(RpcContract<TService> contract, ServiceSource<TService> source) : ServiceRegistration
    where TService : class
{
    public override RpcContract Contract => contract;

    public override IEnumerable<ServerMethod> Bind(
        ICodec codec, ErrorPolicy errors, CallCounts? counts = null, FilterChain? filters = null, RpcScopeFactory? scopes = null)
    {
        Binder binder = new(codec, source, errors, counts, filters ?? FilterChain.Empty, scopes);
        foreach (RpcMethod<TService> method in contract.Methods) method.Accept(binder);
        return binder.Methods;
    }

    private sealed class Binder(
        ICodec codec,
        ServiceSource<TService> source,
        ErrorPolicy errors,
        CallCounts? counts,
        FilterChain filters,
        RpcScopeFactory? scopes)
        : IRpcMethodVisitor<TService>
    {
        private readonly StreamServing<TService> _streams = new(
            source, errors, BuiltInFeature.IsSupported ? counts : null, filters, scopes);

        public List<ServerMethod> Methods { get; } = [];

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct =>
            Add(method, method.RequestShape, hasResult: true, method.Handler, codec.GetSerializer(method.ResponseShape));

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct =>
            Add(method, method.RequestShape, hasResult: false, ActionAdapter.Adapt(method.Handler), NoResponse.Serializer.Instance);

        public void VisitServerStream<TRequest, TItem>(ServerStreamMethod<TService, TRequest, TItem> method)
            where TRequest : struct =>
            Methods.Add(new ServerStreamServerMethod<TService, TRequest, TItem>(method, codec, _streams));

        public void VisitClientStream<TRequest, TItem, TResponse>(ClientStreamMethod<TService, TRequest, TItem, TResponse> method)
            where TRequest : struct =>
            Methods.Add(new ClientStreamServerMethod<TService, TRequest, TItem, TResponse>(
                method, method.Handler, method.RequestShape, method.ItemShape, codec.GetSerializer(method.ResponseShape), codec, _streams));

        public void VisitClientStreamAction<TRequest, TItem>(ClientStreamActionMethod<TService, TRequest, TItem> method)
            where TRequest : struct =>
            Methods.Add(new ClientStreamServerMethod<TService, TRequest, TItem, NoResponse>(
                method,
                ClientStreamServerMethod<TService, TRequest, TItem, NoResponse>.Adapt(method.Handler),
                method.RequestShape,
                method.ItemShape,
                NoResponse.Serializer.Instance,
                codec,
                _streams));

        public void VisitDuplex<TRequest, TIn, TOut>(DuplexMethod<TService, TRequest, TIn, TOut> method)
            where TRequest : struct =>
            Methods.Add(new DuplexServerMethod<TService, TRequest, TIn, TOut>(method, codec, _streams));

        private void Add<TRequest, TResponse>(
            RpcMethod method,
            TypeShape<TRequest> shape,
            bool hasResult,
            UnaryHandler<TService, TRequest, TResponse> handler,
            ISerializer<TResponse> responses)
            where TRequest : struct
        {
            ISerializer<TRequest> requests = codec.GetSerializer(shape);
            ErrorPolicy declared = errors.For(method, codec);
            CallBuffers<TRequest>? buffers = CallBuffers<TRequest>.Find<TResponse>(shape);
            var filtered = FilteredSource<TService, TRequest, TResponse>.Create(filters, method, shape, hasResult, handler, source, scopes);
            Methods.Add(filtered is null
                ? new TypedServerMethod<TService, TRequest, TResponse>(
                    method, Counted(method, handler), requests, responses, source, declared, buffers)
                : new TypedServerMethod<FilteredSource<TService, TRequest, TResponse>.FilteredCall, TRequest, TResponse>(
                    method,
                    Counted<FilteredSource<TService, TRequest, TResponse>.FilteredCall, TRequest, TResponse>(
                        method, FilteredSource<TService, TRequest, TResponse>.InvokeAsync),
                    requests,
                    responses,
                    filtered,
                    declared,
                    buffers,
                    alwaysCancellable: true));
        }

        /// <summary>Counts the whole call, with the filters around its handler.</summary>
        private UnaryHandler<TTarget, TRequest, TResponse> Counted<TTarget, TRequest, TResponse>(
            RpcMethod method, UnaryHandler<TTarget, TRequest, TResponse> handler)
            where TTarget : class
            where TRequest : struct => !BuiltInFeature.IsSupported || counts is null ? handler : counts.Count(method, handler);
    }
}
