using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>Pooled buffers by themselves; what becomes of them in calls is tested with the engine.</summary>
public sealed partial class RpcBufferTests
{
    [Fact]
    public void A_buffer_has_exactly_the_length_that_was_asked_for()
    {
        foreach (int length in (int[])[0, 1, 17, 100_000])
        {
            using RpcBuffer buffer = RpcBuffer.Rent(length);
            Assert.Equal((length, length, length), (buffer.Length, buffer.Span.Length, buffer.Memory.Length));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => RpcBuffer.Rent(-1));
    }

    [Fact]
    public void A_buffer_that_was_disposed_of_gives_nothing_away()
    {
        RpcBuffer buffer = RpcBuffer.Rent(10);
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
        Assert.Throws<ObjectDisposedException>(() => buffer.Span[0]);
        ObjectDisposedException error = Assert.Throws<ObjectDisposedException>(() => WireBytes.Write((ref w) => w.Write(buffer)));
        Assert.Contains("copy the bytes that are needed longer", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, buffer.Length);
    }

    [Fact]
    public void Disposing_twice_gives_the_memory_back_once()
    {
        RpcBuffer first = RpcBuffer.Rent(5000);
        first.Dispose();
        first.Dispose();

        // If its memory were in the pool twice, two buffers would now share it.
        using RpcBuffer second = RpcBuffer.Rent(5000);
        using RpcBuffer third = RpcBuffer.Rent(5000);
        second.Span.Fill(2);
        third.Span.Fill(3);
        Assert.Equal(-1, second.Span.IndexOfAnyExcept((byte)2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65_536)]
    public void A_buffer_has_the_bytes_of_an_array(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        using RpcBuffer sent = RpcBuffer.Rent(length);
        bytes.CopyTo(sent.Span);

        byte[] written = WireBytes.Write((ref w) => w.Write(sent));
        Assert.Equal(WireBytes.Write((ref w) => w.Write(bytes)), written);
        using RpcBuffer read = WireBytes.Read(Segments.SplitAt(written, 1, written.Length / 2), (ref r) => r.ReadBuffer())!;
        Assert.Equal(bytes, read.Memory.ToArray());
    }

    [Fact]
    public void Nil_is_no_buffer()
    {
        Assert.Equal("c0", WireBytes.Hex(WireBytes.Write((ref w) => w.Write((RpcBuffer?)null))));
        Assert.Null(WireBytes.Read("c0", (ref r) => r.ReadBuffer()));
    }

    [Fact]
    public void A_length_beyond_the_data_is_refused_before_memory_is_taken()
    {
        string error = WireBytes.ReadError("c67fffffff00", (ref r) => r.ReadBuffer());

        Assert.Contains("claims 2147483647 bytes, which the remaining 1 bytes cannot hold", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_into_memory_of_the_pool_allocates_no_array()
    {
        byte[] written = WireBytes.Write((ref w) => w.Write(new byte[100_000]));
        Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Read();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 100);

        void Read()
        {
            MessagePackReader reader = new(new ReadOnlySequence<byte>(written));
            reader.ReadBuffer()!.Dispose();
        }
    }

    [Fact]
    public void In_JSON_a_buffer_is_base64_as_an_array_is()
    {
        using RpcBuffer buffer = RpcBuffer.Rent(3);
        ((byte[])[1, 2, 3]).CopyTo(buffer.Span);
        string json = JsonSerializer.Serialize(buffer, BufferJson.Default.RpcBuffer);

        Assert.Equal("\"AQID\"", json);
        using RpcBuffer read = JsonSerializer.Deserialize(json, BufferJson.Default.RpcBuffer)!;
        Assert.Equal([1, 2, 3], read.Memory.ToArray());
    }

    [JsonSerializable(typeof(RpcBuffer))]
    private sealed partial class BufferJson : JsonSerializerContext;
}
