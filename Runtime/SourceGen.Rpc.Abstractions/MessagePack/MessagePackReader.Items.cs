using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

/// <summary>For the items of a stream, which many of are read by one reader.</summary>
public ref partial struct MessagePackReader
{
    /// <summary>
    /// Reads the length before an item: 7 bits a byte, the lowest first, the top bit set in all but the last.
    /// </summary>
    /// <returns>The length, which the data has; -1 when it has not, or when the length has more than 31 bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int ReadItemLength()
    {
        ReadOnlySpan<byte> span = _span;
        int index = _index;
        if ((uint)index < (uint)span.Length && span[index] is var length and < 0x80)
        {
            _index = index + 1;
            return length <= Remaining ? length : -1;
        }

        return ReadLongItemLength();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadLongItemLength()
    {
        ulong length = 0;
        for (int shift = 0; shift < 35 && MoveToByte(); shift += 7)
        {
            byte part = _span[_index++];
            length |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return length <= int.MaxValue && (long)length <= Remaining ? (int)length : -1;
        }

        return -1;
    }
}
