using System.Buffers;

namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>Bytes in pieces, each in memory of its own.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> SplitAt(byte[] bytes, params int[] positions)
    {
        Piece? first = null;
        Piece? last = null;
        int start = 0;
        foreach (int end in positions.Append(bytes.Length))
        {
            last = new Piece(bytes[start..end], last);
            first ??= last;
            start = end;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    public static ReadOnlySequence<byte> ByteByByte(byte[] bytes) => SplitAt(bytes, [.. Enumerable.Range(0, bytes.Length)]);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? previous)
        {
            Memory = bytes;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
