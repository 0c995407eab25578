using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>Makes test data, and sends and reads it.</summary>
internal static class Bytes
{
    public static byte[] Random(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A sequence of the given pieces, each in a segment of its own.</summary>
    public static ReadOnlySequence<byte> Sequence(params IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        Segment? first = null;
        Segment? last = null;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            last = new Segment(piece, last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    /// <summary>Cuts data into pieces of the given size.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] data, int size)
    {
        for (int i = 0; i < data.Length; i += size) yield return data.AsMemory(i, Math.Min(size, data.Length - i));
    }

    public static ValueTask SendAsync(this ITransportConnection connection, byte[] data) =>
        ((IGatheringOutput)connection).SendAsync(new ReadOnlySequence<byte>(data));

    /// <summary>Reads and consumes exactly so many bytes.</summary>
    public static async Task<byte[]> ReadExactlyAsync(this PipeReader reader, int count)
    {
        ReadResult result = await reader.ReadAtLeastAsync(count).Soon();
        Assert.True(result.Buffer.Length >= count, $"The stream ended after {result.Buffer.Length} of {count} bytes.");
        byte[] bytes = result.Buffer.Slice(0, count).ToArray();
        reader.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Reads and consumes everything up to the end of the stream.</summary>
    public static async Task<byte[]> ReadToEndAsync(this PipeReader reader)
    {
        var all = new MemoryStream();
        while (true)
        {
            ReadResult result = await reader.ReadAsync().Soon();
            foreach (ReadOnlyMemory<byte> memory in result.Buffer) all.Write(memory.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return all.ToArray();
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
