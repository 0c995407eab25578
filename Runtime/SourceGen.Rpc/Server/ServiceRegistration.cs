using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>A service that a server offers.</summary>
internal abstract class ServiceRegistration
{
    /// <summary>Its contract.</summary>
    public abstract RpcContract Contract { get; }

    /// <summary>Binds its methods to the serializers of a codec, in wire order.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="errors">What callers get for exceptions.</param>
    /// <param name="filters">What runs around calls; null for nothing.</param>
    /// <param name="scopes">Where filters get a call's own services from.</param>
    public abstract IEnumerable<ServerMethod> Bind(
        ICodec codec, ErrorPolicy errors, FilterChain? filters = null, RpcScopeFactory? scopes = null);
}

/// <summary>A service with its type and its implementation.</summary>
internal sealed class ServiceRegistration<TService>(RpcContract<TService> contract, ServiceSource<TService> source) : ServiceRegistration
    where TService : class
{
    public override RpcContract Contract => contract;

    public override IEnumerable<ServerMethod> Bind(
        ICodec codec, ErrorPolicy errors, FilterChain? filters = null, RpcScopeFactory? scopes = null)
    {
        Binder binder = new(codec, source, errors, filters ?? FilterChain.Empty, scopes);
        foreach (RpcMethod<TService> method in contract.Methods) method.Accept(binder);
        return binder.Methods;
    }

    private sealed class Binder(
        ICodec codec, ServiceSource<TService> source, ErrorPolicy errors, FilterChain filters, RpcScopeFactory? scopes)
        : IRpcMethodVisitor<TService>
    {
        public List<ServerMethod> Methods { get; } = [];

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct =>
            Add(method, method.RequestShape, hasResult: true, method.Handler, codec.GetSerializer(method.ResponseShape));

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct =>
            Add(method, method.RequestShape, hasResult: false, ActionAdapter.Adapt(method.Handler), NoResponse.Serializer.Instance);

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
            var filtered = FilteredSource<TService, TRequest, TResponse>.Create(filters, method, shape, hasResult, handler, source, scopes);
            Methods.Add(filtered is null
                ? new TypedServerMethod<TService, TRequest, TResponse>(method, handler, requests, responses, source, declared)
                : new TypedServerMethod<FilteredSource<TService, TRequest, TResponse>.FilteredCall, TRequest, TResponse>(
                    method,
                    FilteredSource<TService, TRequest, TResponse>.InvokeAsync,
                    requests,
                    responses,
                    filtered,
                    declared,
                    alwaysCancellable: true));
        }
    }
}
