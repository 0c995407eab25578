using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.MessagePack;

/// <summary>
/// Reads MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) from untrusted bytes, in one piece or many. Whatever
/// the bytes are, a read ends in bounded time and memory with a value or with a <see cref="RpcSerializationException"/> that says what
/// was expected, what was found and at which offset.
/// </summary>
/// <remarks>
/// After an error the position is not defined. Pass it by reference: a copy reads on from where it was made. Memory is bounded because
/// no length is believed that goes beyond the data, and because the counts of all arrays and maps together may not exceed the
/// number of bytes: each element takes one byte at least and belongs to one collection only.
/// </remarks>
[SuppressMessage(
    "Performance", "CA1815:Override equals and operator equals on value types", Justification = "A ref struct is never compared.")]
public ref partial struct MessagePackReader
{
    private readonly ReadOnlySequence<byte> _input;
    private readonly long _length;
    private ReadOnlySpan<byte> _span;
    private int _index;
    private int _depth;
    private long _before;
    private long _elements;
    private SequencePosition _next;
    private byte[]? _scratch;

    /// <summary>Creates a reader.</summary>
    /// <param name="input">The bytes; they must not change or be released while the reader is used.</param>
    public MessagePackReader(in ReadOnlySequence<byte> input)
    {
        _span = input.FirstSpan;
        if (input.IsSingleSegment)
        {
            // _next stays default, which the sequence's TryGet takes as its end.
            _length = _span.Length;
        }
        else
        {
            _input = input;
            _length = input.Length;
            _next = input.Start;
            _input.TryGet(ref _next, out _);
        }
    }

    /// <summary>How many bytes were read.</summary>
    public readonly long Consumed => _before + _index;

    /// <summary>Whether all bytes were read.</summary>
    public readonly bool End => Consumed == _length;

    private readonly long Remaining => _length - Consumed;

    /// <summary>Enters an object, a collection or a tuple; every call is paired with one of <see cref="Leave"/>.</summary>
    /// <exception cref="RpcSerializationException">More than <see cref="MessagePackLimits.MaxDepth"/> levels are open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (++_depth > MessagePackLimits.MaxDepth) MessagePackErrors.TooDeepToRead(Consumed);
    }

    /// <summary>Leaves what <see cref="Enter()"/> entered.</summary>
    /// <exception cref="RpcSerializationException">Nothing is open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (--_depth < 0) MessagePackErrors.Unbalanced();
    }

    /// <summary>Reads nil if it comes next.</summary>
    /// <returns>Whether it was nil; otherwise, also at the end of the data, nothing was read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadNil()
    {
        ReadOnlySpan<byte> span = _span;
        int index = _index;
        if ((uint)index < (uint)span.Length)
        {
            if (span[index] != MessagePackFormat.Nil) return false;
            _index = index + 1;
            return true;
        }

        return TryReadNilInNextSegment();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadNilInNextSegment()
    {
        if (!MoveToByte() || _span[_index] != MessagePackFormat.Nil) return false;
        _index++;
        return true;
    }

    /// <summary>The next byte, which is not consumed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte Peek(string expected)
    {
        if (_index >= _span.Length && !MoveToByte()) MessagePackErrors.EndOfInput(expected, Consumed, _length);
        return _span[_index];
    }

    /// <summary>Makes the index point at a byte; false at the end of the data.</summary>
    private bool MoveToByte()
    {
        while (_index >= _span.Length)
        {
            if (!_input.TryGet(ref _next, out ReadOnlyMemory<byte> memory)) return false;
            _before += _span.Length;
            _span = memory.Span;
            _index = 0;
        }

        return true;
    }

    /// <summary>Reads the format byte, which was peeked at, and the big-endian number of 1, 2, 4 or 8 bytes behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadNumberAfterCode(int size, string expected)
    {
        ReadOnlySpan<byte> span = _span;
        int start = _index + 1;
        if (span.Length - start < size) return ReadSplitNumberAfterCode(size, expected);
        _index = start + size;

        // Inlined where the size is a constant, so that one case is left.
        ReadOnlySpan<byte> bytes = span.Slice(start, size);
        return size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadSplitNumberAfterCode(int size, string expected)
    {
        if (Remaining <= size) MessagePackErrors.EndOfInput(expected, Consumed, _length);
        _index++;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes = bytes[..size];
        CopyTo(bytes);
        return BigEndian(bytes);
    }

    private static ulong BigEndian(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte b in bytes) value = (value << 8) | b;
        return value;
    }

    /// <summary>Reads bytes that are known to be there.</summary>
    private void CopyTo(scoped Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            MoveToByte();
            int piece = Math.Min(destination.Length, _span.Length - _index);
            _span.Slice(_index, piece).CopyTo(destination);
            _index += piece;
            destination = destination[piece..];
        }
    }

    /// <summary>Moves over bytes that are known to be there.</summary>
    private void Advance(long count)
    {
        while (count > _span.Length - _index)
        {
            count -= _span.Length - _index;
            _index = _span.Length;
            MoveToByte();
        }

        _index += (int)count;
    }

    /// <summary>Reads the length of a str, bin or ext, whose format byte was peeked at, and checks it against the data.</summary>
    private int ReadLengthAfterCode(int size, byte code, int extra, string expected)
    {
        long offset = Consumed;
        ulong length = ReadNumberAfterCode(size, expected);
        if ((long)length + extra > Remaining || length > (ulong)Array.MaxLength)
        {
            MessagePackErrors.TooLong(expected, (long)length, "bytes", code, offset, Remaining);
        }

        return (int)length;
    }
}
