using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace SourceGen.Rpc.MessagePack;

public ref partial struct MessagePackWriter
{
    // Up to here room for the worst case (three bytes a character) is reserved, so that the text is encoded in one pass.
    private const int MaxOnePassLength = 1024;

    // A string's UTF-8 form has to be countable in an int, header included.
    private const int MaxStringLength = (int.MaxValue - 5) / 3;

    /// <summary>Writes text as UTF-8, or nil. A surrogate without its partner becomes U+FFFD.</summary>
    /// <param name="value">The text, or null.</param>
    /// <exception cref="RpcSerializationException">The text has more than 715,827,880 characters.</exception>
    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNil();
        }
        else if (value.Length <= MaxOnePassLength)
        {
            WriteShortString(value);
        }
        else
        {
            WriteLongString(value);
        }
    }

    /// <summary>Writes text that is UTF-8 already.</summary>
    /// <param name="utf8">Valid UTF-8; it is not checked.</param>
    public void WriteString(scoped ReadOnlySpan<byte> utf8)
    {
        WriteStringHeader(utf8.Length);
        WriteRaw(utf8);
    }

    /// <summary>Writes a decimal as its invariant text (<c>-12.50</c>): the scale is kept, the sign of zero is not.</summary>
    /// <param name="value">The value.</param>
    public void Write(decimal value)
    {
        // A sign, 29 digits and a point: always a fixstr.
        Span<byte> room = MemoryMarshal.CreateSpan(ref Reserve(1 + MessagePackFormat.MaxFixStr), 1 + MessagePackFormat.MaxFixStr);
        int length = DecimalText.Format(value, room[1..]);
        room[0] = (byte)(MessagePackFormat.FixStr | length);
        _index += 1 + length;
    }

    /// <summary>Writes a GUID as text: 36 lower-case characters with dashes.</summary>
    /// <param name="value">The value.</param>
    public void Write(Guid value)
    {
        const int Length = 36;
        Span<byte> room = MemoryMarshal.CreateSpan(ref Reserve(2 + Length), 2 + Length);
        room[0] = MessagePackFormat.Str8;
        room[1] = Length;
        value.TryFormat(room[2..], out _);
        _index += 2 + Length;
    }

    private void WriteShortString(string value)
    {
        int room = 3 + (3 * value.Length);
        ref byte start = ref Reserve(room);
        if (value.Length <= MessagePackFormat.MaxFixStr && ShortAscii.TryEncode(value, ref Unsafe.Add(ref start, 1)))
        {
            start = (byte)(MessagePackFormat.FixStr | value.Length);
            _index += 1 + value.Length;
            return;
        }

        // The header's size depends on the number of bytes, which is known only afterwards: guess that the text is ASCII, and move
        // it when that was wrong.
        int guess = StringHeaderSize(value.Length);
        Span<byte> body = MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, guess), room - guess);
        int length = Encoding.UTF8.GetBytes(value, body);
        int header = StringHeaderSize(length);
        if (header != guess) body[..length].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, header), length));
        PutStringHeader(ref start, length);
        _index += header + length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLongString(string value)
    {
        if (value.Length > MaxStringLength) MessagePackErrors.StringTooLong(value.Length, MaxStringLength);
        int length = Encoding.UTF8.GetByteCount(value);
        WriteStringHeader(length);
        ReadOnlySpan<char> text = value;
        while (true)
        {
            OperationStatus status = Utf8.FromUtf16(text, _span[_index..], out int read, out int written);
            _index += written;
            if (status == OperationStatus.Done) return;
            text = text[read..];
            length -= written;
            Grow(Math.Min(length, PieceSize));
        }
    }

    private void WriteStringHeader(int length)
    {
        PutStringHeader(ref Reserve(5), length);
        _index += StringHeaderSize(length);
    }

    private static int StringHeaderSize(int length) =>
        length <= MessagePackFormat.MaxFixStr ? 1 : length <= byte.MaxValue ? 2 : length <= ushort.MaxValue ? 3 : 5;

    private static void PutStringHeader(ref byte start, int length)
    {
        if (length <= MessagePackFormat.MaxFixStr) start = (byte)(MessagePackFormat.FixStr | length);
        else if (length <= byte.MaxValue) Put8(ref start, MessagePackFormat.Str8, (byte)length);
        else if (length <= ushort.MaxValue) Put16(ref start, MessagePackFormat.Str16, (ushort)length);
        else Put32(ref start, MessagePackFormat.Str32, (uint)length);
    }
}
