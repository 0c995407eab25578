using System.Buffers;
using System.Text;
using SourceGen.Rpc.BuiltIn.Tests.Support;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>JSON becomes MessagePack that generated code reads, and what generated code writes becomes the same JSON again.</summary>
public sealed class GeneratedRoundTripTests
{
    private const int Rounds = 200;

    [Fact]
    public void Values_of_every_type_go_through_generated_code_and_back() => Assert.True(RoundTrips<Values.IValues>() >= Rounds);

    [Fact]
    public void Values_of_the_class_library_go_through_generated_code_and_back() => Assert.True(RoundTrips<ILibraryValues>() >= Rounds);

    [Fact]
    public void Objects_of_every_shape_go_through_generated_code_and_back() => Assert.True(RoundTrips<Shapes.IShapes>() >= Rounds);

    [Fact]
    public void The_built_in_services_own_values_go_through_generated_code_and_back() =>
        Assert.True(RoundTrips<IOrders>() + RoundTrips<IStats>() + RoundTrips<IDescribe>() >= 3 * Rounds);

    private static int RoundTrips<TService>()
        where TService : class, IRpcContract<TService>
    {
        RpcContract<TService> contract = TService.Contract;
        Visitor<TService> visitor = new(ContractSchema.Parse(contract.Schema));
        foreach (RpcMethod<TService> method in contract.Methods) method.Accept(visitor);
        return visitor.Compared;
    }

    private sealed class Visitor<TService>(ContractSchema schema) : IRpcMethodVisitor<TService>
        where TService : class
    {
        private readonly Random _random = new(1_989);

        public int Compared { get; private set; }

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<TService, TRequest, TResponse> method)
            where TRequest : struct
        {
            Compare(ArgumentsOf(method), method.RequestShape);
            Compare(schema.Methods[method.Index].Result!, method.ResponseShape);
        }

        public void VisitAction<TRequest>(ActionMethod<TService, TRequest> method)
            where TRequest : struct => Compare(ArgumentsOf(method), method.RequestShape);

        /// <summary>Arguments are an array of fixed length, as a tuple is.</summary>
        private SchemaType ArgumentsOf(RpcMethod method) => new(
            SchemaKind.Tuple, "tuple", Array.ConvertAll(schema.Methods[method.Index].Parameters, parameter => parameter.Type),
                IsNullable: false);

        private void Compare<T>(SchemaType type, TypeShape<T> shape)
        {
            ISerializer<T> generated = MessagePackCodec.Instance.GetSerializer(shape);
            RandomJson values = new(schema, _random);
            for (int round = 0; round < Rounds; round++)
            {
                byte[] json = values.TryMake(type)!;
                ReadOnlyMemory<byte> messagePack = TranscodingPropertyTests.ToMessagePack(schema, type, json);
                T value = generated.Deserialize(new ReadOnlySequence<byte>(messagePack));
                ArrayBufferWriter<byte> again = new();
                generated.Serialize(again, value);
                Assert.Equal(Encoding.UTF8.GetString(json),
                    Encoding.UTF8.GetString(TranscodingPropertyTests.ToJson(schema, type, again.WrittenMemory).Span));
                Compared++;
            }
        }
    }
}
