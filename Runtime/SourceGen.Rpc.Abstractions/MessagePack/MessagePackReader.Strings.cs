using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackReader
{
    // Up to this many bytes text is put together and decoded on the stack, in one pass.
    private const int MaxStackText = 256;

    // Longer than any decimal or GUID that another implementation may write.
    private const int MaxNumberText = 128;

    /// <summary>
    /// Reads text, or nil as null. Unlike many readers it refuses bytes that are not valid UTF-8 instead of replacing them.
    /// </summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or the bytes are not UTF-8.</exception>
    public string? ReadString()
    {
        const string Expected = "a string or nil";
        if (Peek(Expected) == MessagePackFormat.Nil)
        {
            _index++;
            return null;
        }

        int length = ReadStringHeader(Expected);
        return length == 0 ? "" : ReadText(length);
    }

    /// <summary>Reads the UTF-8 bytes of a string, which are not checked; they are valid until the next read.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, nil included.</exception>
    public ReadOnlySpan<byte> ReadStringSpan()
    {
        int length = ReadStringHeader("a string");
        if (_span.Length - _index < length) return ReadSplitSpan(length);
        ReadOnlySpan<byte> text = _span.Slice(_index, length);
        _index += length;
        return text;
    }

    /// <summary>Reads a decimal from its invariant text, at most 128 characters; digits beyond its precision are rounded.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or text that is no decimal in range.</exception>
    public decimal ReadDecimal()
    {
        const string Expected = "a string with a decimal number (Decimal)";
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        Peek(Expected);
        long offset = Consumed;
        ReadOnlySpan<byte> text = ReadNumberText(Expected);
        if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal value))
        {
            MessagePackErrors.Invalid(Expected, "the text is not a decimal number, or one out of range", offset);
        }

        return value;
    }

    /// <summary>Reads a GUID from its text: 36 characters with dashes, in upper or lower case.</summary>
    /// <exception cref="RpcSerializationException">Something else comes next, or text that is no GUID.</exception>
    public Guid ReadGuid()
    {
        const string Expected = "a string with a GUID of 36 characters (Guid)";
        Peek(Expected);
        long offset = Consumed;
        ReadOnlySpan<byte> text = ReadNumberText(Expected);
        if (text.Length != 36 || !Utf8Parser.TryParse(text, out Guid value, out int used, 'D') || used != 36)
        {
            MessagePackErrors.Invalid(Expected, "the text is not a GUID in the form 00000000-0000-0000-0000-000000000000", offset);
            return default;
        }

        return value;
    }

    private ReadOnlySpan<byte> ReadNumberText(string expected)
    {
        long offset = Consumed;
        int length = ReadStringHeader(expected);
        if (length > MaxNumberText)
        {
            MessagePackErrors.Invalid(expected, $"the text has {length} bytes, more than the limit of {MaxNumberText}", offset);
        }

        if (_span.Length - _index < length) return ReadSplitSpan(length);
        ReadOnlySpan<byte> text = _span.Slice(_index, length);
        _index += length;
        return text;
    }

    /// <summary>Reads the bytes of a string whose header was read.</summary>
    private string ReadText(int length)
    {
        if (_span.Length - _index < length) return ReadSplitString(length);
        string text = Decode(_span.Slice(_index, length), Consumed);
        _index += length;
        return text;
    }

    /// <summary>Reads the header of a str and checks its length against the data.</summary>
    private int ReadStringHeader(string expected)
    {
        byte code = Peek(expected);
        int length = code - MessagePackFormat.FixStr;
        if ((uint)length <= MessagePackFormat.MaxFixStr)
        {
            if (Remaining <= length) MessagePackErrors.TooLong(expected, length, "bytes", code, Consumed, Remaining - 1);
            _index++;
            return length;
        }

        return ReadLongStringHeader(code, expected);
    }

    private int ReadLongStringHeader(byte code, string expected)
    {
        switch (code)
        {
            case MessagePackFormat.Str8: return ReadLengthAfterCode(1, code, 0, expected);
            case MessagePackFormat.Str16: return ReadLengthAfterCode(2, code, 0, expected);
            case MessagePackFormat.Str32: return ReadLengthAfterCode(4, code, 0, expected);
            default:
                MessagePackErrors.Unexpected(expected, code, Consumed);
                return 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadOnlySpan<byte> ReadSplitSpan(int length)
    {
        if (_scratch is null || _scratch.Length < length) _scratch = new byte[Math.Max(length, MaxNumberText)];
        Span<byte> bytes = _scratch.AsSpan(0, length);
        CopyTo(bytes);
        return bytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private string ReadSplitString(int length)
    {
        long offset = Consumed;
        if (length <= MaxStackText)
        {
            Span<byte> text = stackalloc byte[MaxStackText];
            text = text[..length];
            CopyTo(text);
            return Decode(text, offset);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> bytes = rented.AsSpan(0, length);
            CopyTo(bytes);
            return Decode(bytes, offset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static string Decode(ReadOnlySpan<byte> utf8, long offset) => ShortAscii.TryDecode(utf8) ?? DecodeAny(utf8, offset);

    [SkipLocalsInit]
    private static string DecodeAny(ReadOnlySpan<byte> utf8, long offset)
    {
        if (utf8.Length <= MaxStackText)
        {
            Span<char> chars = stackalloc char[MaxStackText];
            if (Utf8.ToUtf16(utf8, chars, out _, out int written, replaceInvalidSequences: false) == OperationStatus.Done)
            {
                return new string(chars[..written]);
            }
        }
        else if (Utf8.IsValid(utf8))
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ThrowNotUtf8(utf8, offset);
        return "";
    }

    private static void ThrowNotUtf8(ReadOnlySpan<byte> utf8, long offset)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(utf8[valid..], out _, out int used) == OperationStatus.Done) valid += used;
        MessagePackErrors.Invalid("a string", $"its byte 0x{utf8[valid]:x2} at offset {offset + valid} is not valid UTF-8", offset);
    }
}
