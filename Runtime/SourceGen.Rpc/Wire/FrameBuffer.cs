using System.Buffers;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// Bytes in a chain of pooled segments, in frames; the last frame can be taken back, so that an encoder that fails half-way leaves
/// nothing behind. Not thread safe; its owner's lock guards it.
/// </summary>
internal sealed class FrameBuffer
{
    private FrameBufferSegment? _head;
    private FrameBufferSegment? _tail;
    private byte[] _array = [];
    private int _used;
    private long _lengthBeforeTail;
    private FrameBufferSegment? _frameSegment;
    private int _frameUsed;
    private long _frameStart;

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

    /// <summary>Bytes written since <see cref="BeginFrame"/>, the header not counted.</summary>
    public long FramePayloadLength => Length - _frameStart - FrameHeader.Size;

    /// <summary>Leaves room for a frame's header, in one piece; the frame is the buffer's last until another one begins.</summary>
    public void BeginFrame()
    {
        if (_array.Length - _used < FrameHeader.Size) AddSegment(FrameHeader.Size);
        if (_frameSegment != _tail) _frameSegment = _tail;
        _frameUsed = _used;
        _frameStart = Length;
        _used += FrameHeader.Size;
    }

    /// <summary>Fills in the header of the frame, now that its length is known.</summary>
    public void WriteFrameHeader(in FrameHeader header) => header.Write(_frameSegment!.Array.AsSpan(_frameUsed, FrameHeader.Size));

    /// <summary>Forgets the frame.</summary>
    public void RewindFrame()
    {
        FrameBufferSegment segment = _frameSegment!;
        ReturnAll(segment.Next);
        segment.Next = null;
        _tail = segment;
        _array = segment.Array;
        _used = _frameUsed;
        _lengthBeforeTail = _frameStart - _frameUsed;
    }

    /// <summary>Copies the frame's payload so far into another buffer.</summary>
    public void CopyFramePayload(FrameBuffer destination)
    {
        int start = _frameUsed + FrameHeader.Size;
        for (FrameBufferSegment? segment = _frameSegment; segment is not null; segment = segment.Next, start = 0)
        {
            int end = segment == _tail ? _used : segment.Used;
            destination.Write(segment.Array.AsSpan(start, end - start));
        }
    }

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Frugal && _used == _array.Length) AddSegment((int)Math.Min(FrameBufferSegment.DefaultSize, Math.Max(bytes.Length, Length)));
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
        for (FrameBufferSegment? segment = _head; segment is not null; segment = segment.Next)
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
        _head = _tail = _frameSegment = null;
        _array = [];
        _used = 0;
        _lengthBeforeTail = 0;
    }

    private static void ReturnAll(FrameBufferSegment? segment)
    {
        while (segment is not null)
        {
            FrameBufferSegment? next = segment.Next;
            segment.Return();
            segment = next;
        }
    }

    private static void ThrowAdvancedTooFar() =>
        throw new ArgumentOutOfRangeException("count", "Advanced past the end of the span that GetSpan returned.");

    private void AddSegment(int sizeHint)
    {
        FrameBufferSegment segment = Frugal ? FrameBufferSegment.RentExactly(Math.Max(sizeHint, 1)) : FrameBufferSegment.Rent(sizeHint);
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
}
