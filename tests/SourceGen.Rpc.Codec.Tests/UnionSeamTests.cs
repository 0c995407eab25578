using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>A union on both codecs: its attributes say what MessagePack does, and System.Text.Json's own say the same for JSON.</summary>
public sealed class UnionSeamTests
{
    [Fact]
    public void A_union_goes_from_JSON_through_MessagePack_and_back()
    {
        const string Json = """[{"$type":"star","Points":5},{"$type":"moon","Phase":"new"},null]""";
        TypeShape<List<ISticker>> shape = ResultVisitor.Shape();
        JsonCodec codec = new(StickerJson.Default);

        List<ISticker> stickers =
            codec.GetSerializer(shape).Deserialize(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Json)));
        byte[] messagePack = WireBytes.Encode(shape, stickers);
        ArrayBufferWriter<byte> output = new();
        codec.GetSerializer(shape).Serialize(output, WireBytes.Decode(shape, messagePack));

        Assert.Equal("93" + "920081a6506f696e747305" + "920181a55068617365a36e6577" + "c0", WireBytes.Hex(messagePack));
        Assert.Equal(Json, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private sealed class ResultVisitor : IRpcMethodVisitor<IStickers>
    {
        private TypeShape<List<ISticker>>? _shape;

        public static TypeShape<List<ISticker>> Shape()
        {
            ResultVisitor visitor = new();
            foreach (RpcMethod<IStickers> method in ContractOf<IStickers>().Methods) method.Accept(visitor);
            return visitor._shape!;
        }

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<IStickers, TRequest, TResponse> method)
            where TRequest : struct => _shape = (TypeShape<List<ISticker>>)(object)method.ResponseShape;

        public void VisitAction<TRequest>(ActionMethod<IStickers, TRequest> method)
            where TRequest : struct => throw new InvalidOperationException($"{method.Name} has no result.");

        private static RpcContract<TService> ContractOf<TService>()
            where TService : class, IRpcContract<TService> => TService.Contract;
    }
}

[Service]
public partial interface IStickers
{
    ValueTask<List<ISticker>> AllAsync();
}

[Union(0, typeof(Star))]
[Union(1, typeof(Moon))]
[JsonDerivedType(typeof(Star), "star")]
[JsonDerivedType(typeof(Moon), "moon")]
public interface ISticker;

public sealed record Star(int Points) : ISticker;

public sealed record Moon(string Phase) : ISticker;

[JsonSerializable(typeof(List<ISticker>))]
internal sealed partial class StickerJson : JsonSerializerContext;
