using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Benchmarks.Micro;

/// <summary>Finds the MessagePack serializer that was generated for a result of <see cref="ICodecContract"/>.</summary>
internal static class Serializers
{
    public static ISerializer<T> Of<T>()
    {
        Finder<T> finder = new();
        foreach (RpcMethod<ICodecContract> method in ContractOf<ICodecContract>().Methods) method.Accept(finder);
        return MessagePackCodec.Instance.GetSerializer(
            finder.Found ?? throw new InvalidOperationException($"No method returns {typeof(T)}."));
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private sealed class Finder<T> : IRpcMethodVisitor<ICodecContract>
    {
        public TypeShape<T>? Found { get; private set; }

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<ICodecContract, TRequest, TResponse> method)
            where TRequest : struct
        {
            if (method.ResponseShape is TypeShape<T> shape) Found = shape;
        }

        public void VisitAction<TRequest>(ActionMethod<ICodecContract, TRequest> method)
            where TRequest : struct
        {
        }
    }
}
