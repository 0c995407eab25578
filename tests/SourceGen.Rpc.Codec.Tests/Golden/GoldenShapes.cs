using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>The serializers that the generator emitted for the golden types, by type: one interface for each family of them.</summary>
internal static class GoldenShapes
{
    private static readonly Dictionary<Type, object> _shapes = [];

    static GoldenShapes()
    {
        Collect<IGolden>();
        Collect<IGoldenAttributes>();
        Collect<IGoldenLibrary>();
        Collect<IUnlike>();
    }

    public static TypeShape<T> Of<T>() => (TypeShape<T>)_shapes[typeof(T)];

    private static void Collect<TService>()
        where TService : class, IRpcContract<TService>
    {
        Collector<TService> collector = new();
        foreach (RpcMethod<TService> method in TService.Contract.Methods) method.Accept(collector);
    }

    private sealed class Collector<TService> : IRpcMethodVisitor<TService>
        where TService : class
    {
        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct => _shapes.Add(typeof(TResponse), method.ResponseShape);

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct => throw new InvalidOperationException($"{method.Name} has no result.");
    }
}
