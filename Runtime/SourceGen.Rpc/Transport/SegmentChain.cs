using System.Buffers;
using System.Numerics;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// Bytes in order, in one pooled segment when they are few and in a chain of them when they are many. Written at the end, consumed
/// at the start. Not safe for several threads.
/// </summary>
/// <param name="pool">Where the segments come from and go to.</param>
internal sealed class SegmentChain(SegmentPool pool)
{
    /// <summary>The largest segment that is asked for when a large frame is pending.</summary>
    private const int MaxSegmentSize = 1024 * 1024;

    /// <summary>Up to this many bytes are moved to the start of their segment, which keeps small frames contiguous.</summary>
    private const int MoveLimit = 8 * 1024;

    private BufferSegment? _head;
    private BufferSegment? _tail;
    private int _start;
    private int _end;
    private long _peak;

    /// <summary>How many bytes are there.</summary>
    public long Length { get; private set; }

    /// <summary>All bytes; valid until the next call that writes or consumes.</summary>
    public ReadOnlySequence<byte> Sequence =>
        _head is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head, _start, _tail!, _end);

    /// <summary>
    /// The free space after the last byte, at least <paramref name="minimum"/> bytes. Bytes that are already there may move: no
    /// sequence handed out before is valid afterwards.
    /// </summary>
    public Memory<byte> GetWritable(int minimum)
    {
        if (_tail is null)
        {
            _head = _tail = pool.Rent(Math.Max(minimum, SegmentPool.SegmentSize));
            _start = _end = 0;
        }
        else if (Length == 0)
        {
            Rewind(minimum);
        }
        else if (_tail.Array.Length - _end < minimum)
        {
            MakeRoom(minimum);
        }

        return _tail!.Array.AsMemory(_end);
    }

    /// <summary>Adds <paramref name="count"/> bytes that were written to the free space.</summary>
    public void Commit(int count)
    {
        if (_tail is null || (uint)count > (uint)(_tail.Array.Length - _end))
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, "More bytes than the buffer that was handed out.");
        }

        _end += count;
        Length += count;
        _peak = Math.Max(_peak, Length);
    }

    /// <summary>How many bytes stand before <paramref name="position"/>.</summary>
    /// <exception cref="ArgumentException">The position is not within the bytes.</exception>
    public long OffsetOf(SequencePosition position)
    {
        if (position.GetObject() is not BufferSegment segment || _head is null)
        {
            // The positions of an empty sequence carry no segment.
            return Length == 0 ? 0 : throw NotWithin();
        }

        long offset = segment.RunningIndex + position.GetInteger() - (_head.RunningIndex + _start);
        return offset >= 0 && offset <= Length ? offset : throw NotWithin();

        static ArgumentException NotWithin() => new("The position is not within the buffer of the last read.");
    }

    /// <summary>Drops the first <paramref name="count"/> bytes and returns the segments that held nothing else.</summary>
    public void Consume(long count)
    {
        Length -= count;
        while (_head is not null && _head != _tail && count >= _head.Memory.Length - _start)
        {
            BufferSegment empty = _head;
            count -= empty.Memory.Length - _start;
            _head = empty.Next;
            _start = 0;
            pool.Return(empty);
        }

        _start += (int)count;
    }

    /// <summary>Drops everything and returns every segment.</summary>
    public void Clear()
    {
        for (BufferSegment? segment = _head; segment is not null;)
        {
            BufferSegment? next = segment.Next;
            pool.Return(segment);
            segment = next;
        }

        _head = _tail = null;
        _start = _end = 0;
        Length = 0;
    }

    private void Rewind(int minimum)
    {
        // Nothing was written since the last time: a receive that found nothing must not forget what was learned before it.
        if (_peak == 0 && _tail!.Array.Length >= minimum) return;
        // The most that was pending since the last rewind says how large a segment pays: frames beyond the usual size then arrive
        // contiguously in few receives, and a connection that went quiet gives the memory back.
        int useful = (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(_peak, SegmentPool.SegmentSize, MaxSegmentSize));
        int size = Math.Max(minimum, useful);
        if (_tail!.Array.Length < size || (_tail.Array.Length > size && _tail.Array.Length > SegmentPool.SegmentSize))
        {
            pool.Return(_tail);
            _head = _tail = pool.Rent(size);
        }

        _start = _end = 0;
        _peak = 0;
    }

    private void MakeRoom(int minimum)
    {
        if (_head == _tail && Length <= MoveLimit && _tail!.Array.Length - Length >= minimum)
        {
            _tail.Array.AsSpan(_start, (int)Length).CopyTo(_tail.Array);
            _start = 0;
            _end = (int)Length;
            return;
        }

        // Much is pending, so a large frame is on its way: fewer and larger receives.
        LinkSegment(Math.Max(minimum, (int)Math.Clamp(Length * 2, SegmentPool.SegmentSize, MaxSegmentSize)));
    }

    private void LinkSegment(int size)
    {
        BufferSegment next = pool.Rent(size);
        _tail!.Link(_end, next);
        _tail = next;
        _end = 0;
    }
}
