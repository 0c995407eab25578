using System.Buffers;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests;

public sealed class MessagePackCodecTests
{
    [Fact]
    public void Name_IsMsgpack() => Assert.Equal("msgpack", MessagePackCodec.Instance.Name);

    [Fact]
    public void GetSerializer_WithoutShape_Throws() =>
        Assert.Throws<ArgumentNullException>(() => MessagePackCodec.Instance.GetSerializer<int>(null!));

    [Fact]
    public void Deserialize_BytesBehindTheValue_AreAnError()
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => WireBytes.Decode(Shapes.Int32, [0x01, 0x02]));
        Assert.Equal(
            "A value of type System.Int32 ended at offset 1, but the data has 2 bytes. "
            + "One message holds one value: the peers probably disagree on the type.",
            error.Message);
    }

    [Fact]
    public void Deserialize_ConstructorThatThrows_IsAnErrorOfTheData()
    {
        byte[] data = WireBytes.Write((ref w) =>
        {
            w.WriteArrayHeader(2);
            w.Write("text");
            w.Write(-1d);
        });
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => WireBytes.Decode(Note.Shape, data));
        Assert.Contains("threw ArgumentOutOfRangeException", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("weight", error.Message, StringComparison.Ordinal);
        Assert.IsType<ArgumentOutOfRangeException>(error.InnerException);
    }

    [Fact]
    public void Serialize_ErrorOfTheBufferWriter_StaysWhatItIs()
    {
        ISerializer<int> serializer = MessagePackCodec.Instance.GetSerializer(Shapes.Int32);
        Assert.Throws<IOException>(() => serializer.Serialize(new BrokenWriter(), 5));
    }

    [Fact]
    public void Request_RoundTrips_AndTakesFewerAndMoreArguments()
    {
        AddRequest read = WireBytes.Decode(
            AddRequest.Shape, WireBytes.Encode(AddRequest.Shape, new AddRequest { A = 7, Note = new("n", 2), Label = null }));
        Assert.Equal((7, new Note("n", 2), null), (read.A, read.Note, read.Label));
        Assert.Equal("none", WireBytes.Decode(AddRequest.Shape, WireBytes.Hex("9201c0")).Label);
        Assert.Equal("x", WireBytes.Decode(AddRequest.Shape, WireBytes.Hex("9401c0a17891c0")).Label);
    }

    private sealed class BrokenWriter : IBufferWriter<byte>
    {
        public void Advance(int count) => throw new IOException("closed");

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new IOException("closed");

        public Span<byte> GetSpan(int sizeHint = 0) => throw new IOException("closed");
    }
}
