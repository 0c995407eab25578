using System.Buffers;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>A chain of segments against a plain list of bytes that does the same.</summary>
public sealed class ChainedBufferTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void RandomOperations_HoldWhatAPlainListHolds(int seed, bool frugal)
    {
        Random random = new(seed);
        ChainedBuffer buffer = new() { Frugal = frugal };
        List<byte> expected = [];
        Stack<(ChainedBuffer.Mark Mark, int Length)> marks = new();
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
                    marks.Push((buffer.GetMark(), expected.Count));
                    break;
                case 8 when marks.TryPop(out (ChainedBuffer.Mark Mark, int Length) back):
                    buffer.Rewind(back.Mark);
                    expected.RemoveRange(back.Length, expected.Count - back.Length);
                    break;
                case 9 when expected.Count > 2_000_000:
                    buffer.Release();
                    expected.Clear();
                    marks.Clear();
                    break;
            }

            Assert.Equal(expected.Count, buffer.Length);
            if (step % 50 == 0) Assert.True(buffer.AsSequence().ToArray().AsSpan().SequenceEqual(expected.ToArray()), $"different after step {step}");
        }
    }

    [Fact]
    public void CopyFrom_TakesWhatStandsAfterTheMark()
    {
        ChainedBuffer source = new();
        source.Write(new byte[BufferSegment.DefaultSize - 3]);
        ChainedBuffer.Mark mark = source.GetMark();
        source.Write([1, 2, 3, 4, 5, 6]); // Across the end of a segment.
        ChainedBuffer copy = new();
        copy.Write([9]);
        copy.CopyFrom(source, mark);
        Assert.Equal([9, 1, 2, 3, 4, 5, 6], copy.AsSequence().ToArray());
    }

    [Fact]
    public void Advance_BeyondTheSpan_Throws()
    {
        ChainedBuffer buffer = new();
        int length = buffer.GetSpan(1).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(length + 1));
    }

    [Fact]
    public void AFrugalBuffer_HoldsAFewBytesInFewBytes()
    {
        ChainedBuffer buffer = new() { Frugal = true };
        buffer.Write([1]);
        Assert.True(buffer.GetSpan(1).Length <= 64, $"one byte took a segment with {buffer.GetSpan(1).Length} more");
    }
}
