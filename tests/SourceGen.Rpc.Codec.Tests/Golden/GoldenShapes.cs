using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>The serializers that the generator emitted for <see cref="IGolden"/>, by type.</summary>
internal static class GoldenShapes
{
    private static readonly Dictionary<Type, object> _shapes = Collect();

    public static TypeShape<T> Of<T>() => (TypeShape<T>)_shapes[typeof(T)];

    private static Dictionary<Type, object> Collect()
    {
        Collector collector = new();
        foreach (RpcMethod<IGolden> method in ContractOf<IGolden>().Methods) method.Accept(collector);
        return collector.Shapes;
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private sealed class Collector : IRpcMethodVisitor<IGolden>
    {
        public Dictionary<Type, object> Shapes { get; } = [];

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<IGolden, TRequest, TResponse> method)
            where TRequest : struct => Shapes.Add(typeof(TResponse), method.ResponseShape);

        public void VisitAction<TRequest>(ActionMethod<IGolden, TRequest> method)
            where TRequest : struct => throw new InvalidOperationException($"{method.Name} has no result.");
    }
}
