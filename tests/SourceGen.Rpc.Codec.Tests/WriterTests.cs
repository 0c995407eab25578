using System.Buffers;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>How the writer uses the buffer writer it was given.</summary>
public sealed class WriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void Write_IntoPiecesOfAnySize_SameBytes(int size)
    {
        string longText = string.Concat(Enumerable.Repeat("aé世😀", 3000));
        byte[] longBytes = [.. Enumerable.Range(0, 20_000).Select(i => (byte)i)];
        PieceWriter pieces = new(size);
        ArrayBufferWriter<byte> whole = new();
        foreach (IBufferWriter<byte> output in (IBufferWriter<byte>[])[pieces, whole])
        {
            MessagePackWriter writer = new(output);
            for (int i = -40; i < 140; i++) writer.Write(i);
            for (int i = 0; i < 64; i++)
            {
                writer.Write(1L << i);
                writer.Write(-1L << i);
                writer.Write(1UL << i);
            }

            writer.Write(true);
            writer.WriteNil();
            writer.Write(1.5f);
            writer.Write(1.5d);
            writer.Write('世');
            writer.Write("short");
            writer.Write(longText);
            writer.Write(longBytes);
            writer.Write(decimal.MinValue);
            writer.Write(Guid.Empty);
            writer.Write(DateTime.MaxValue);
            writer.Write(DateTimeOffset.MaxValue);
            writer.WriteArrayHeader(70_000);
            writer.WriteMapHeader(3);
            writer.WriteRaw(longBytes);
            writer.Flush();
        }

        Assert.Equal(whole.WrittenSpan.ToArray(), pieces.Written);

        // Long values are copied piece by piece; nobody is asked for 20,000 bytes at once.
        Assert.InRange(pieces.LargestHint, 1, 4096);
    }

    [Fact]
    public void Write_ManyValuesThatFit_AsksOnceAndAdvancesOnce()
    {
        PieceWriter output = new(4096);
        MessagePackWriter writer = new(output);
        for (int i = 0; i < 100; i++) writer.Write("a name");
        Assert.Empty(output.Written);
        writer.Flush();
        Assert.Equal(1, output.Pieces);
        Assert.Equal(700, output.Written.Length);
    }

    [Fact]
    public void Flush_Twice_OrWithNothingWritten_AddsNothing()
    {
        PieceWriter output = new(16);
        MessagePackWriter writer = new(output);
        writer.Flush();
        writer.Write(1);
        writer.Flush();
        writer.Flush();
        writer.Write(2);
        writer.Flush();
        Assert.Equal<byte[]>([1, 2], output.Written);
    }

    [Fact]
    public void Enter_BeyondTheLimit_EndsACyclicGraph()
    {
        Person narcissus = new("Narcissus", 16, []);
        narcissus.Friends!.Add(narcissus);
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => WireBytes.Encode(Person.Shape, narcissus));
        Assert.Contains("an object that refers back to itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_NegativeCount_IsAnError()
    {
        Assert.Throws<RpcSerializationException>(() => WireBytes.Write((ref w) => w.WriteArrayHeader(-1)));
        Assert.Throws<RpcSerializationException>(() => WireBytes.Write((ref w) => w.WriteMapHeader(int.MinValue)));
    }

    [Fact]
    public void GetSpan_ShorterThanAskedFor_IsAnErrorAndNotAWriteBeyondIt()
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() =>
        {
            MessagePackWriter writer = new(new ShortWriter());
            writer.Write(double.MaxValue);
        });
        Assert.Contains("asked for 9 bytes and returned 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctor_WithoutOutput_Throws() => Assert.Throws<ArgumentNullException>(() => new MessagePackWriter(null!).Flush());

    private sealed class ShortWriter : IBufferWriter<byte>
    {
        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => new byte[4];

        public Span<byte> GetSpan(int sizeHint = 0) => new byte[4];
    }
}
