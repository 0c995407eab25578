using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace SourceGen.Rpc.MessagePack;

/// <summary>The scalar types of the class library beside the language's own.</summary>
public ref partial struct MessagePackReader
{
    // A BigInteger has at most 2^31 bits; what an array can hold may be more.
    private const int MaxBigIntegerBytes = int.MaxValue / 8;

    /// <summary>Reads a number from float 32, float 64 or an integer, rounded.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next.</exception>
    public Half ReadHalf()
    {
        const string Expected = "a number (Half)";
        byte code = Peek(Expected);
        return code switch
        {
            MessagePackFormat.Float32 => (Half)BitConverter.UInt32BitsToSingle((uint)ReadNumberAfterCode(4, Expected)),
            MessagePackFormat.Float64 => (Half)BitConverter.UInt64BitsToDouble(ReadNumberAfterCode(8, Expected)),
            MessagePackFormat.UInt64 => (Half)ReadNumberAfterCode(8, Expected),
            _ => (Half)ReadSigned(long.MinValue, long.MaxValue, Expected),
        };
    }

    /// <summary>Reads an integer from bin: its 16 bytes in two's complement, the lowest first.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or another number of bytes.</exception>
    public Int128 ReadInt128() => (Int128)ReadSixteenBytes("binary data of 16 bytes (Int128)");

    /// <summary>Reads an integer from bin: its 16 bytes, the lowest first.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or another number of bytes.</exception>
    public UInt128 ReadUInt128() => ReadSixteenBytes("binary data of 16 bytes (UInt128)");

    /// <summary>
    /// Reads an integer from bin: two's complement, the lowest byte first. More bytes than the number needs are accepted, and none are
    /// zero.
    /// </summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or more than 268,435,455 bytes.</exception>
    public BigInteger ReadBigInteger()
    {
        const string Expected = "binary data with an integer (BigInteger)";
        int length = ReadValueHeader(Expected, out long offset);
        if (length > MaxBigIntegerBytes)
        {
            MessagePackErrors.Invalid(Expected, $"it has {length} bytes, more than the limit of {MaxBigIntegerBytes}", offset);
        }

        if (_span.Length - _index < length) return ReadSplitBigInteger(length);
        BigInteger value = new(_span.Slice(_index, length));
        _index += length;
        return value;
    }

    /// <summary>Reads a date from an integer: the days since January 1 of the year 1.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a day outside the years 1 to 9999.</exception>
    public DateOnly ReadDateOnly() =>
        DateOnly.FromDayNumber((int)ReadSigned(0, DateOnly.MaxValue.DayNumber, "an integer of days from 0 to 3652058 (DateOnly)"));

    /// <summary>Reads a time of day from an integer: its ticks of 100 ns since midnight.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or more ticks than a day has.</exception>
    public TimeOnly ReadTimeOnly() =>
        new(ReadSigned(0, TimeOnly.MaxValue.Ticks, "an integer of 100 ns ticks from 0 to 863999999999 (TimeOnly)"));

    /// <summary>Reads a URI, absolute or relative, from its text, or nil as null. Text that begins with a slash is relative.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or text that is no URI.</exception>
    public Uri? ReadUri()
    {
        const string Expected = "a string with a URI or nil (Uri)";
        Peek(Expected);
        long offset = Consumed;
        if (ReadString() is not { } text) return null;

        // What a path alone means would otherwise depend on the machine: a file on Unix.
        if (text.StartsWith('/') && Uri.TryCreate(text, UriKind.Relative, out Uri? relative)) return relative;
        if (Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri? uri)) return uri;
        MessagePackErrors.Invalid(Expected, "the text is not a URI", offset);
        return null;
    }

    /// <summary>Reads a version from its text, two to four numbers with points between them, or nil as null.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or text that is no version.</exception>
    public Version? ReadVersion()
    {
        const string Expected = "a string with a version or nil (Version)";
        if (Peek(Expected) == MessagePackFormat.Nil)
        {
            _index++;
            return null;
        }

        long offset = Consumed;
        ReadOnlySpan<byte> text = ReadNumberText(Expected);
        Span<char> chars = stackalloc char[MaxNumberText];
        Ascii.ToUtf16(text, chars, out int length);

        // Signs and white space, which the parser would take, are in no version that was written.
        if (length != text.Length || text.ContainsAnyExcept(".0123456789"u8) || !Version.TryParse(chars[..length], out Version? version))
        {
            MessagePackErrors.Invalid(Expected, "the text is not a version in the form 1.2, 1.2.3 or 1.2.3.4", offset);
            return null;
        }

        return version;
    }

    /// <summary>Reads an index from an integer: n is n from the start, -1 - n is n from the end.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that does not fit.</exception>
    public Index ReadIndex()
    {
        int value = (int)ReadSigned(int.MinValue, int.MaxValue, "a 32-bit integer (Index)");
        return value >= 0 ? Index.FromStart(value) : Index.FromEnd(~value);
    }

    /// <summary>Reads a range from an array of its two indexes.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next.</exception>
    public Range ReadRange()
    {
        const string Expected = "an array of two indexes (Range)";
        byte code = Peek(Expected);
        if (code != (MessagePackFormat.FixArray | 2)) MessagePackErrors.Unexpected(Expected, code, Consumed);
        _index++;
        Index start = ReadIndex();
        return new Range(start, ReadIndex());
    }

    /// <summary>Reads a Unicode scalar value from an integer.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or an integer that is no scalar value.</exception>
    public Rune ReadRune()
    {
        const string Expected = "a Unicode scalar value from 0 to 1114111 (Rune)";
        Peek(Expected);
        long offset = Consumed;
        int value = (int)ReadSigned(0, 0x10FFFF, Expected);
        if (!Rune.TryCreate(value, out Rune rune)) MessagePackErrors.Invalid(Expected, $"{value} is half of a surrogate pair", offset);
        return rune;
    }

    /// <summary>Reads bits from an array of booleans, or nil as null.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a count that the data cannot hold.</exception>
    public BitArray? ReadBitArray()
    {
        if (TryReadNil()) return null;
        int count = ReadArrayHeader();
        BitArray bits = new(count);
        for (int i = 0; i < count; i++)
        {
            if (ReadBoolean()) bits[i] = true;
        }

        return bits;
    }

    /// <summary>Reads text, or nil as null.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or the bytes are not UTF-8.</exception>
    public StringBuilder? ReadStringBuilder() => ReadString() is { } text ? new StringBuilder(text) : null;

    /// <summary>Reads bytes from bin into an array of their own; nil is the default value, which has no array.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a length beyond the data.</exception>
    public ArraySegment<byte> ReadArraySegment() => ReadBytes() is { } bytes ? new ArraySegment<byte>(bytes) : default;

    /// <summary>Reads bytes from bin into memory of their own; nil is empty.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a length beyond the data.</exception>
    public ReadOnlySequence<byte> ReadSequence() => new(ReadMemory());

    /// <summary>
    /// Reads bytes from bin into a pooled buffer, which from here on belongs to who called this, or nil as null.
    /// </summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or a length beyond the data.</exception>
    public RpcBuffer? ReadBuffer()
    {
        int length = ReadBinaryHeader("binary data or nil");
        if (length < 0) return null;
        RpcBuffer buffer = RpcBuffer.Rent(length);
        CopyTo(buffer.Span);
        return buffer;
    }

    private UInt128 ReadSixteenBytes(string expected)
    {
        int length = ReadValueHeader(expected, out long offset);
        if (length != 16) MessagePackErrors.Invalid(expected, $"it has {length} bytes", offset);
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    /// <summary>Reads the header of bin that stands for a value which is never nil.</summary>
    private int ReadValueHeader(string expected, out long offset)
    {
        byte code = Peek(expected);
        offset = Consumed;
        int length = ReadBinaryHeader(expected);
        if (length < 0) MessagePackErrors.Unexpected(expected, code, offset);
        return length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BigInteger ReadSplitBigInteger(int length)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            CopyTo(rented.AsSpan(0, length));
            return new BigInteger(rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
