using System.Buffers;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.MessagePack;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>
/// The items of a frame to come: each a length of 7 bits a byte and then the encoded value, all in one piece. Encoding here and not in the
/// connection's output costs one copy of 16 KiB a frame, and keeps the producer's code, which runs between two items, out of that lock.
/// </summary>
/// <param name="maxItemSize">The largest item the peer accepts.</param>
internal sealed class ItemBuffer(long maxItemSize) : IBufferWriter<byte>
{
    /// <summary>A frame and an item that goes beyond it.</summary>
    private const int InitialSize = StreamCost.FrameSize + 4096;

    private byte[] _bytes = [];
    private int _length;
    private int _itemStart;

    /// <summary>Bytes written.</summary>
    public int Length => _length;

    /// <summary>Where the last item begins, its length included.</summary>
    public int LastItemStart => _itemStart;

    /// <summary>What the items cost of the windows.</summary>
    public long Cost { get; private set; }

    /// <summary>What the last item does.</summary>
    public int LastItemCost { get; private set; }

    /// <summary>Whether it is time to send.</summary>
    public bool IsFull => _length >= StreamCost.FrameSize || Cost >= StreamCost.FrameCost;

    /// <summary>Whether the last item must go alone.</summary>
    public bool IsLastItemLarge => LastItemCost > StreamCost.Reserve + StreamCost.PerItem;

    /// <summary>Everything written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Begins an item that is written with a MessagePack writer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginItem(ref MessagePackWriter writer)
    {
        _itemStart = _length + writer.Unflushed;
        writer.WriteRawByte(0);
    }

    /// <summary>Ends it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndItem(ref MessagePackWriter writer)
    {
        int length = _length + writer.Unflushed - _itemStart - 1;
        if (length < 0x80)
        {
            _bytes[_itemStart] = (byte)length;
        }
        else
        {
            writer.Flush();
            InsertLength(length);
        }

        LastItemCost = length + StreamCost.PerItem;
        Cost += LastItemCost;
    }

    /// <summary>Begins an item that is written by a serializer.</summary>
    public void BeginItem()
    {
        _itemStart = _length;
        GetSpan(1)[0] = 0;
        Advance(1);
    }

    /// <summary>Ends it.</summary>
    public void EndItem()
    {
        int length = _length - _itemStart - 1;
        InsertLength(length);
        LastItemCost = length + StreamCost.PerItem;
        Cost += LastItemCost;
    }

    /// <summary>Takes back an item that cannot be encoded.</summary>
    public void DropItem()
    {
        _length = _itemStart;
        LastItemCost = 0;
    }

    /// <summary>Finds how many bytes of whole items may go in one frame; one item at least.</summary>
    /// <param name="start">Where the first item begins.</param>
    /// <param name="end">Where the last one ends.</param>
    /// <param name="allowance">Items may be taken until they cost this much.</param>
    /// <param name="maxLength">The largest frame.</param>
    /// <param name="cost">What the items cost.</param>
    /// <param name="lastCost">What the last of them costs.</param>
    public int Measure(int start, int end, long allowance, int maxLength, out long cost, out long lastCost)
    {
        int position = start;
        cost = 0;
        lastCost = 0;
        while (position < end && cost < allowance)
        {
            int length = 0, next = position;
            for (int shift = 0; ; shift += 7)
            {
                byte part = _bytes[next++];
                length |= (part & 0x7F) << shift;
                if (part < 0x80) break;
            }

            next += length;
            if (next - start > maxLength && position > start) break;
            position = next;
            lastCost = length + StreamCost.PerItem;
            cost += lastCost;
        }

        return position - start;
    }

    /// <summary>Empties the buffer, and gives its memory back if it has grown or is not needed for now.</summary>
    public void Clear(bool release)
    {
        _length = 0;
        _itemStart = 0;
        Cost = 0;
        LastItemCost = 0;
        if (_bytes.Length == 0 || (!release && _bytes.Length <= 4 * InitialSize)) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Advance(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - _length))
            throw new ArgumentOutOfRangeException(nameof(count), "Advanced past the end of the buffer.");
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_bytes.Length - _length >= needed) return;
        if (_length - _itemStart > maxItemSize) ConnectionOutput.ThrowTooLarge(_length - _itemStart, maxItemSize);
        long size = Math.Max((long)_length + needed, Math.Max(InitialSize, _bytes.Length * 2L));
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, size));
        Written.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    /// <summary>Puts the length in front of the value, for which one byte was left.</summary>
    private void InsertLength(int length)
    {
        if (length > maxItemSize) ConnectionOutput.ThrowTooLarge(length, maxItemSize);
        int extra = 0;
        for (int rest = length >> 7; rest > 0; rest >>= 7) extra++;
        if (extra > 0)
        {
            Reserve(extra);
            _bytes.AsSpan(_itemStart + 1, length).CopyTo(_bytes.AsSpan(_itemStart + 1 + extra));
            _length += extra;
        }

        int value = length;
        for (int i = 0; i < extra; i++, value >>= 7) _bytes[_itemStart + i] = (byte)(value | 0x80);
        _bytes[_itemStart + extra] = (byte)value;
    }
}
