using System.Buffers;

namespace SourceGen.Rpc.Streams;

/// <summary>What stands before each item: the length of its value, 7 bits a byte, the lowest first.</summary>
internal static class ItemLength
{
    /// <summary>Takes a length off the front.</summary>
    /// <returns>-1 when there is none, or not all of it.</returns>
    public static int Read(ref ReadOnlySequence<byte> data)
    {
        SequenceReader<byte> reader = new(data);
        ulong length = 0;
        for (int shift = 0; shift < 35 && reader.TryRead(out byte part); shift += 7)
        {
            length |= (ulong)(part & 0x7F) << shift;
            if (part >= 0x80) continue;
            data = reader.UnreadSequence;
            return length <= int.MaxValue ? (int)length : -1;
        }

        return -1;
    }
}
