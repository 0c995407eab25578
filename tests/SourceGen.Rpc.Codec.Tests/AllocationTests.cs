using System.Buffers;
using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>The codec allocates the value it reads, and nothing else.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 100;

    [Fact]
    public void ValueTypes_AllocateNothing_ReadOrWritten()
    {
        AssertBytes(Shapes.Int32, 70_000, perRead: 0);
        AssertBytes(Shapes.Int64, long.MinValue, perRead: 0);
        AssertBytes(Shapes.Double, Math.PI, perRead: 0);
        AssertBytes(Shapes.Decimal, 12345.6789m, perRead: 0);
        AssertBytes(Shapes.Guid, new Guid("00112233-4455-6677-8899-aabbccddeeff"), perRead: 0);
        AssertBytes(Shapes.DateTime, new DateTime(638448356961234567, DateTimeKind.Utc), perRead: 0);
        AssertBytes(Shapes.DateTimeOffset, DateTimeOffset.UnixEpoch, perRead: 0);
        AssertBytes(Shapes.TimeSpan, TimeSpan.MaxValue, perRead: 0);
        AssertBytes(Shapes.Nullable(Shapes.Int32), 5, perRead: 0);
        AssertBytes(Shapes.Pair(Shapes.Int32, Shapes.Pair(Shapes.Double, Shapes.Bool)), (1, (2, true)), perRead: 0);
    }

    [Fact]
    public void References_AllocateTheirValueOnly()
    {
        // Headers of a 64-bit process: 22 bytes a string and 24 an array, rounded up to 8.
        AssertBytes(Shapes.String, new string('n', 16), perRead: 56);
        AssertBytes(Shapes.String, new string('é', 500), perRead: 1024);
        AssertBytes(Shapes.String, "", perRead: 0);
        AssertBytes(Shapes.Bytes, new byte[32], perRead: 56);
        AssertBytes(Shapes.Bytes, [], perRead: 0);
        AssertBytes(Shapes.Memory, new byte[1024], perRead: 1048);
        AssertBytes(Shapes.Array(Shapes.Int32), new int[100], perRead: 424);
    }

    private static void AssertBytes<T>(TypeShape<T> shape, T value, long perRead)
    {
        Assert.True(Environment.Is64BitProcess);
        ISerializer<T> serializer = MessagePackCodec.Instance.GetSerializer(shape);
        ArrayBufferWriter<byte> output = new(1 << 16);
        serializer.Serialize(output, value);
        byte[] encoded = output.WrittenSpan.ToArray();
        ReadOnlySequence<byte> whole = new(encoded);
        ReadOnlySequence<byte> split = Segments.ByteByByte(encoded);

        Assert.Equal(0, Measure(() =>
        {
            output.ResetWrittenCount();
            serializer.Serialize(output, value);
        }));
        Assert.Equal(perRead, Measure(() => serializer.Deserialize(whole)));

        // In pieces, a decimal and a GUID take a scratch buffer, and long text an array of the shared pool, which the garbage collector
        // may trim at any time.
        bool isBuffered = value is decimal or Guid || (value is string && encoded.Length > 256);
        if (!isBuffered) Assert.Equal(perRead, Measure(() => serializer.Deserialize(split)));
    }

    private static long Measure(Action action)
    {
        // Twice before: what is compiled, cached or pooled on first use does not count.
        action();
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
