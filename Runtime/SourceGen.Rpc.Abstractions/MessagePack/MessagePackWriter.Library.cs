using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SourceGen.Rpc.MessagePack;

/// <summary>The scalar types of the class library beside the language's own.</summary>
public ref partial struct MessagePackWriter
{
    // Beyond it the bytes of a number are put together elsewhere first, so that no buffer writer has to give them room in one piece.
    private const int MaxOnePassNumber = 1024;

    /// <summary>Writes a number as float 32, which holds every one of its bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(Half value) => Write((float)value);

    /// <summary>Writes an integer as bin: its 16 bytes in two's complement, the lowest first.</summary>
    /// <param name="value">The value.</param>
    public void Write(Int128 value) => Write((UInt128)value);

    /// <summary>Writes an integer as bin: its 16 bytes, the lowest first.</summary>
    /// <param name="value">The value.</param>
    public void Write(UInt128 value)
    {
        const int Length = 16;
        Span<byte> room = MemoryMarshal.CreateSpan(ref Reserve(2 + Length), 2 + Length);
        room[0] = MessagePackFormat.Bin8;
        room[1] = Length;
        BinaryPrimitives.WriteUInt128LittleEndian(room[2..], value);
        _index += 2 + Length;
    }

    /// <summary>Writes an integer as bin: as few bytes in two's complement as hold it and its sign, the lowest first.</summary>
    /// <param name="value">The value.</param>
    public void Write(BigInteger value)
    {
        int length = value.GetByteCount();
        if (length > MaxOnePassNumber)
        {
            WriteBinary(value.ToByteArray());
            return;
        }

        WriteBinaryHeader(length);
        value.TryWriteBytes(MemoryMarshal.CreateSpan(ref Reserve(length), length), out int written);
        _index += written;
    }

    /// <summary>Writes a date as an integer: the days since January 1 of the year 1.</summary>
    /// <param name="value">The date.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(DateOnly value) => Write(value.DayNumber);

    /// <summary>Writes a time of day as an integer: its ticks of 100 ns since midnight.</summary>
    /// <param name="value">The time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(TimeOnly value) => Write(value.Ticks);

    /// <summary>Writes a URI as the text that it was made from, or nil.</summary>
    /// <param name="value">The URI, or null.</param>
    public void Write(Uri? value)
    {
        if (value is null)
        {
            WriteNil();
            return;
        }

        // On Unix a path alone can make an absolute URI. It is written in full, because text that begins with a slash is read as
        // relative, whatever the machine.
        string text = value.OriginalString;
        Write(text.StartsWith('/') && value.IsAbsoluteUri ? value.AbsoluteUri : text);
    }

    /// <summary>Writes a version as text, such as <c>1.2.3</c>, or nil.</summary>
    /// <param name="value">The version, or null.</param>
    public void Write(Version? value)
    {
        if (value is null)
        {
            WriteNil();
            return;
        }

        const int MaxLength = 4 * 11;
        Span<byte> text = stackalloc byte[MaxLength];
        ((IUtf8SpanFormattable)value).TryFormat(text, out int length, default, null);
        WriteString(text[..length]);
    }

    /// <summary>Writes an index as an integer: n from the start is n, n from the end is -1 - n.</summary>
    /// <param name="value">The index.</param>
    public void Write(Index value) => Write(value.IsFromEnd ? ~value.Value : value.Value);

    /// <summary>Writes a range as an array of its two indexes.</summary>
    /// <param name="value">The range.</param>
    public void Write(Range value)
    {
        WriteArrayHeader(2);
        Write(value.Start);
        Write(value.End);
    }

    /// <summary>Writes a Unicode scalar value as an integer.</summary>
    /// <param name="value">The value.</param>
    public void Write(Rune value) => Write(value.Value);

    /// <summary>Writes bits as an array of booleans, or nil.</summary>
    /// <param name="value">The bits, or null.</param>
    public void Write(BitArray? value)
    {
        if (value is null)
        {
            WriteNil();
            return;
        }

        int count = value.Length;
        WriteArrayHeader(count);
        for (int i = 0; i < count; i++) Write(value[i]);
    }

    /// <summary>Writes text, or nil.</summary>
    /// <param name="value">The text, or null.</param>
    public void Write(StringBuilder? value) => Write(value?.ToString());

    /// <summary>Writes bytes as bin; the default value, which has no array, is nil.</summary>
    /// <param name="value">The bytes.</param>
    public void Write(ArraySegment<byte> value)
    {
        if (value.Array is null) WriteNil();
        else WriteBinary(value.AsSpan());
    }

    /// <summary>Writes bytes as bin, piece by piece; the default value is empty, not nil.</summary>
    /// <param name="value">The bytes.</param>
    /// <exception cref="RpcSerializationException">There are more bytes than a reader can take as one array.</exception>
    public void Write(ReadOnlySequence<byte> value)
    {
        if (value.IsSingleSegment)
        {
            WriteBinary(value.FirstSpan);
            return;
        }

        long length = value.Length;
        if (length > Array.MaxLength) MessagePackErrors.BytesTooLong(length, Array.MaxLength);
        WriteBinaryHeader((int)length);
        foreach (ReadOnlyMemory<byte> piece in value) WriteRaw(piece.Span);
    }

    /// <summary>Writes bytes as bin, or nil.</summary>
    /// <param name="value">The buffer, or null; it stays its owner's.</param>
    /// <exception cref="ObjectDisposedException">The buffer was disposed of.</exception>
    public void Write(RpcBuffer? value)
    {
        if (value is null) WriteNil();
        else WriteBinary(value.Span);
    }
}
