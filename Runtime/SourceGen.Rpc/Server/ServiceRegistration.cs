using SourceGen.Rpc.CompilerServices;
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
    }
}
