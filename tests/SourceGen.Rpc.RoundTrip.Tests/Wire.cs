using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.RoundTrip.Tests;

/// <summary>Reaches the generated serializers of results and requests, to feed them bytes of a test's choice.</summary>
internal static class Wire
{
    /// <summary>The bytes of a value that is the result of a method.</summary>
    public static byte[] Write<TService, T>(string method, T value)
        where TService : class, IRpcContract<TService>
    {
        ArrayBufferWriter<byte> bytes = new();
        ResultOf<TService, T>(method).Serialize(bytes, value);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A result read from bytes in hexadecimal.</summary>
    public static T Read<TService, T>(string method, string hex)
        where TService : class, IRpcContract<TService> => Read<TService, T>(method, Bytes(hex));

    /// <summary>A result read from bytes.</summary>
    public static T Read<TService, T>(string method, byte[] bytes)
        where TService : class, IRpcContract<TService> =>
        ResultOf<TService, T>(method).Deserialize(new ReadOnlySequence<byte>(bytes));

    /// <summary>Calls a method of a service with a request of the test's own bytes.</summary>
    public static void Call<TService>(TService service, string method, string hex)
        where TService : class, IRpcContract<TService>
    {
        CallVisitor<TService> visitor = new(service, Bytes(hex));
        Find<TService>(method).Accept(visitor);
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static ISerializer<T> ResultOf<TService, T>(string method)
        where TService : class, IRpcContract<TService>
    {
        ResultVisitor<TService, T> visitor = new();
        Find<TService>(method).Accept(visitor);
        return visitor.Serializer!;
    }

    private static RpcMethod<TService> Find<TService>(string method)
        where TService : class, IRpcContract<TService> => TService.Contract.Methods.ToArray().Single(m => m.Name == method);

    private sealed class ResultVisitor<TService, T> : IRpcMethodVisitor<TService>
        where TService : class
    {
        public ISerializer<T>? Serializer { get; private set; }

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct => Serializer = (ISerializer<T>)MessagePackCodec.Instance.GetSerializer(method.ResponseShape);

        [ExcludeFromCodeCoverage]
        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct => throw new InvalidOperationException($"{method} has no result.");
    }

    private sealed class CallVisitor<TService>(TService service, byte[] request) : IRpcMethodVisitor<TService>
        where TService : class
    {
        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct =>
            Assert.True(method.Handler(service, Read(method.RequestShape), CancellationToken.None).IsCompletedSuccessfully);

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct =>
            Assert.True(method.Handler(service, Read(method.RequestShape), CancellationToken.None).IsCompletedSuccessfully);

        private TRequest Read<TRequest>(TypeShape<TRequest> shape) =>
            MessagePackCodec.Instance.GetSerializer(shape).Deserialize(new ReadOnlySequence<byte>(request));
    }
}
