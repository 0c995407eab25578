using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SourceGen.Rpc.MessagePack;

/// <summary>
/// Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) into a buffer writer. Every value takes the smallest
/// format that holds it; a value that is not negative never takes a signed format.
/// </summary>
/// <remarks>
/// It writes into the buffer writer's span and advances it only when the span is full and in <see cref="Flush"/>, which whoever
/// created the writer calls once, at the end. Nothing else may use the buffer writer in between. Pass it by reference: a copy would
/// lose what is written through it.
/// </remarks>
[SuppressMessage(
    "Performance", "CA1815:Override equals and operator equals on value types", Justification = "A ref struct is never compared.")]
public ref partial struct MessagePackWriter
{
    // How much to ask for when a long value is copied piece by piece: enough to make progress, small enough for any buffer writer.
    private const int PieceSize = 4096;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _index;
    private int _depth;

    /// <summary>Creates a writer.</summary>
    /// <param name="output">Where the bytes go.</param>
    public MessagePackWriter(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _span = output.GetSpan();
    }

    /// <summary>Hands everything written to the buffer writer. What is not flushed is lost; writing may go on afterwards.</summary>
    public void Flush()
    {
        if (_index != 0) _output.Advance(_index);

        // After Advance the rest of the span is no longer ours: the next write asks for a new one.
        _span = default;
        _index = 0;
    }

    /// <summary>Enters an object, a collection or a tuple; every call is paired with one of <see cref="Leave"/>.</summary>
    /// <exception cref="RpcSerializationException">More than <see cref="MessagePackLimits.MaxDepth"/> levels are open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (++_depth > MessagePackLimits.MaxDepth) MessagePackErrors.TooDeepToWrite();
    }

    /// <summary>Leaves what <see cref="Enter()"/> entered.</summary>
    /// <exception cref="RpcSerializationException">Nothing is open.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (--_depth < 0) MessagePackErrors.Unbalanced();
    }

    /// <summary>Writes nil: null of every type that has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteNil() => WriteByte(MessagePackFormat.Nil);

    /// <summary>Writes bytes that are MessagePack already, such as a member's name with its header.</summary>
    /// <param name="encoded">Any number of whole values; they are not checked.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteRaw(scoped ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length <= _span.Length - _index)
        {
            encoded.CopyTo(_span[_index..]);
            _index += encoded.Length;
        }
        else
        {
            CopyInPieces(encoded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteByte(byte value)
    {
        Span<byte> span = _span;
        int index = _index;
        if ((uint)index < (uint)span.Length)
        {
            span[index] = value;
            _index = index + 1;
        }
        else
        {
            WriteByteIntoNewSpan(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteByteIntoNewSpan(byte value)
    {
        Grow(1);
        _span[0] = value;
        _index = 1;
    }

    /// <summary>Makes room; the caller writes at most <paramref name="size"/> bytes there and moves the index by what it wrote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Reserve(int size)
    {
        if (_span.Length - _index < size) Grow(size);
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(_span), _index);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        Flush();
        _span = _output.GetSpan(size);

        // The unchecked writes after Reserve rely on this.
        if (_span.Length < size)
        {
            int got = _span.Length;
            _span = default;
            MessagePackErrors.ShortBuffer(size, got);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CopyInPieces(scoped ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            Span<byte> free = _span[_index..];
            if (bytes.Length <= free.Length)
            {
                bytes.CopyTo(free);
                _index += bytes.Length;
                return;
            }

            bytes[..free.Length].CopyTo(free);
            _index += free.Length;
            bytes = bytes[free.Length..];
            Grow(Math.Min(bytes.Length, PieceSize));
        }
    }
}
