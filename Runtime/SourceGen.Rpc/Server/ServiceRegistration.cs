using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.CompilerServices;
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
    public abstract IEnumerable<ServerMethod> Bind(ICodec codec, ErrorPolicy errors, CallCounts? counts = null);
}

/// <summary>A service with its type and its implementation.</summary>
internal sealed class ServiceRegistration<TService>(RpcContract<TService> contract, ServiceSource<TService> source) : ServiceRegistration
    where TService : class
{
    public override RpcContract Contract => contract;

    public override IEnumerable<ServerMethod> Bind(ICodec codec, ErrorPolicy errors, CallCounts? counts = null)
    {
        Binder binder = new(codec, source, errors, counts);
        foreach (RpcMethod<TService> method in contract.Methods) method.Accept(binder);
        return binder.Methods;
    }

    private sealed class Binder(ICodec codec, ServiceSource<TService> source, ErrorPolicy errors, CallCounts? counts)
        : IRpcMethodVisitor<TService>
    {
        public List<ServerMethod> Methods { get; } = [];

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct =>
            Methods.Add(new TypedServerMethod<TService, TRequest, TResponse>(
                method,
                Counted(method, method.Handler),
                codec.GetSerializer(method.RequestShape),
                codec.GetSerializer(method.ResponseShape),
                source,
                errors));

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct =>
            Methods.Add(new TypedServerMethod<TService, TRequest, NoResponse>(
                method,
                Counted(method, ActionAdapter.Adapt(method.Handler)),
                codec.GetSerializer(method.RequestShape),
                NoResponse.Serializer.Instance,
                source,
                errors));

        private UnaryHandler<TService, TRequest, TResponse> Counted<TRequest, TResponse>(
            RpcMethod method, UnaryHandler<TService, TRequest, TResponse> handler)
            where TRequest : struct => !BuiltInFeature.IsSupported || counts is null ? handler : counts.Count(method, handler);
    }
}
