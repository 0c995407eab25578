using System.Buffers;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>A chain of segments against a plain list of bytes that does the same.</summary>
public sealed class FrameBufferTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void RandomOperations_HoldWhatAPlainListHolds(int seed, bool frugal)
    {
        Random random = new(seed);
        FrameBuffer buffer = new() { Frugal = frugal };
        List<byte> expected = [];
        int frame = -1;
        for (int step = 0; step < 2000; step++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    byte[] bytes = new byte[random.Next(random.Next(4) == 0 ? 200_000 : 300)];
                    random.NextBytes(bytes);
                    buffer.Write(bytes);
                    expected.AddRange(bytes);
                    break;
                case < 6:
                    int hint = random.Next(random.Next(10) == 0 ? 300_000 : 64);
                    Span<byte> span = buffer.GetSpan(hint);
                    Assert.True(span.Length >= Math.Max(1, hint));
                    int used = random.Next(Math.Min(span.Length, hint + 1));
                    random.NextBytes(span[..used]);
                    expected.AddRange(span[..used]);
                    buffer.Advance(used);
                    break;
                case < 8:
                    frame = expected.Count;
                    buffer.BeginFrame();
                    FrameHeader header = new((uint)step, FrameType.Request, FrameFlags.None, 7, (ulong)step);
                    buffer.WriteFrameHeader(header);
                    byte[] headerBytes = new byte[FrameHeader.Size];
                    header.Write(headerBytes);
                    expected.AddRange(headerBytes);
                    break;
                case 8 when frame >= 0:
                    Assert.Equal(expected.Count - frame - FrameHeader.Size, buffer.FramePayloadLength);
                    FrameBuffer copy = new();
                    buffer.CopyFramePayload(copy);
                    Assert.Equal(expected[(frame + FrameHeader.Size)..], copy.AsSequence().ToArray());
                    buffer.RewindFrame();
                    expected.RemoveRange(frame, expected.Count - frame);
                    frame = -1;
                    break;
                case 9 when expected.Count > 2_000_000:
                    buffer.Release();
                    expected.Clear();
                    frame = -1;
                    break;
            }

            Assert.Equal(expected.Count, buffer.Length);
            if (step % 50 == 0)
                Assert.True(buffer.AsSequence().ToArray().AsSpan().SequenceEqual(expected.ToArray()), $"different after step {step}");
        }
    }

    [Fact]
    public void AFrameAcrossSegments_IsCopiedAndTakenBackWhole()
    {
        FrameBuffer source = new();
        source.Write(new byte[FrameBufferSegment.DefaultSize - FrameHeader.Size - 3]);
        long before = source.Length;
        source.BeginFrame();
        source.Write([1, 2, 3, 4, 5, 6]); // Across the end of a segment.
        FrameBuffer copy = new();
        copy.Write([9]);
        source.CopyFramePayload(copy);
        Assert.Equal([9, 1, 2, 3, 4, 5, 6], copy.AsSequence().ToArray());
        source.RewindFrame();
        Assert.Equal(before, source.Length);
    }

    [Fact]
    public void Advance_BeyondTheSpan_Throws()
    {
        FrameBuffer buffer = new();
        int length = buffer.GetSpan(1).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(length + 1));
    }

    [Fact]
    public void AFrugalBuffer_HoldsAFewBytesInFewBytes()
    {
        FrameBuffer buffer = new() { Frugal = true };
        buffer.Write([1]);
        Assert.True(buffer.GetSpan(1).Length <= 64, $"one byte took a segment with {buffer.GetSpan(1).Length} more");
    }
}
