using System.Buffers;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// Bytes in a chain of pooled segments, which can be cut back to an earlier length: an encoder that fails half-way leaves
/// nothing behind. Not thread safe; its owner's lock guards it.
/// </summary>
internal sealed class ChainedBuffer
{
    private BufferSegment? _head;
    private BufferSegment? _tail;
    private byte[] _array = [];
    private int _used;
    private long _lengthBeforeTail;

    /// <summary>Whether segments are about as large as what they have to hold, instead of large enough for many small frames.</summary>
    public bool Frugal { get; init; }

    /// <summary>Bytes written.</summary>
    public long Length => _lengthBeforeTail + _used;

    /// <summary>Gets room for at least <paramref name="sizeHint"/> bytes, and at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> GetSpan(int sizeHint)
    {
        if (_array.Length - _used < Math.Max(sizeHint, 1)) AddSegment(sizeHint);
        return _array.AsSpan(_used);
    }

    public Memory<byte> GetMemory(int sizeHint)
    {
        if (_array.Length - _used < Math.Max(sizeHint, 1)) AddSegment(sizeHint);
        return _array.AsMemory(_used);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int count)
    {
        if ((uint)count > (uint)(_array.Length - _used)) ThrowAdvancedTooFar();
        _used += count;
    }

    /// <summary>Where the next byte goes, to come back to or to patch.</summary>
    public Mark GetMark() => new(_tail, _used, Length);

    /// <summary>Forgets everything written after the mark.</summary>
    public void Rewind(in Mark mark)
    {
        BufferSegment? surplus;
        if (mark.Segment is null)
        {
            surplus = _head;
            _head = _tail = null;
            _array = [];
            _used = 0;
            _lengthBeforeTail = 0;
        }
        else
        {
            surplus = mark.Segment.Next;
            mark.Segment.Next = null;
            _tail = mark.Segment;
            _array = mark.Segment.Array;
            _used = mark.Used;
            _lengthBeforeTail = mark.Length - mark.Used;
        }

        ReturnAll(surplus);
    }

    /// <summary>Appends a copy of what another buffer holds after a mark.</summary>
    public void CopyFrom(ChainedBuffer source, in Mark from)
    {
        BufferSegment? segment = from.Segment ?? source._head;
        int start = from.Segment is null ? 0 : from.Used;
        for (; segment is not null; segment = segment.Next, start = 0)
        {
            int end = segment == source._tail ? source._used : segment.Used;
            Write(segment.Array.AsSpan(start, end - start));
        }
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Frugal && _used == _array.Length) AddSegment((int)Math.Min(BufferSegment.DefaultSize, Math.Max(bytes.Length, Length)));
            Span<byte> room = GetSpan(1);
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Everything written, valid until the next change.</summary>
    public ReadOnlySequence<byte> AsSequence()
    {
        if (_head is null) return ReadOnlySequence<byte>.Empty;
        if (_head == _tail) return new ReadOnlySequence<byte>(_array, 0, _used);
        _tail!.Used = _used;
        long index = 0;
        for (BufferSegment? segment = _head; segment is not null; segment = segment.Next)
        {
            segment.Seal(0, index);
            index += segment.Used;
        }

        return new ReadOnlySequence<byte>(_head, 0, _tail, _used);
    }

    /// <summary>Empties the buffer and gives its segments back, so that an idle connection holds none.</summary>
    public void Release()
    {
        ReturnAll(_head);
        _head = _tail = null;
        _array = [];
        _used = 0;
        _lengthBeforeTail = 0;
    }

    private static void ReturnAll(BufferSegment? segment)
    {
        while (segment is not null)
        {
            BufferSegment? next = segment.Next;
            segment.Return();
            segment = next;
        }
    }

    private static void ThrowAdvancedTooFar() => throw new ArgumentOutOfRangeException("count", "Advanced past the end of the span that GetSpan returned.");

    private void AddSegment(int sizeHint)
    {
        BufferSegment segment = Frugal ? BufferSegment.RentExactly(Math.Max(sizeHint, 1)) : BufferSegment.Rent(sizeHint);
        if (_tail is null)
        {
            _head = segment;
        }
        else
        {
            _tail.Used = _used;
            _tail.Next = segment;
            _lengthBeforeTail += _used;
        }

        _tail = segment;
        _array = segment.Array;
        _used = 0;
    }

    /// <summary>A place in the buffer.</summary>
    internal readonly struct Mark(BufferSegment? segment, int used, long length)
    {
        /// <summary>The segment it is in; null before the first.</summary>
        public BufferSegment? Segment { get; } = segment;

        /// <summary>Bytes of the segment before it.</summary>
        public int Used { get; } = used;

        /// <summary>Bytes of the buffer before it.</summary>
        public long Length { get; } = length;
    }
}
