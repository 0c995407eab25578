using System.Buffers;
using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>Reads what a server sends (https://docs.nats.io/reference/reference-protocols/nats-protocol), whatever it sends. Not thread safe.</summary>
internal sealed class NatsParser
{
    /// <summary>The longest line but that of <c>INFO</c>, in bytes.</summary>
    public const int MaxLine = 4096;

    /// <summary>The longest <c>INFO</c>, in bytes.</summary>
    public const int MaxInfo = 1024 * 1024;

    /// <summary>What a message may have above the server's max_payload: servers add headers to what they have stored.</summary>
    public const int HeadRoom = 64 * 1024;

    /// <summary>The most that a server can be configured to take, whatever its <c>INFO</c> says.</summary>
    public const int HardMaxPayload = 64 * 1024 * 1024;

    private readonly byte[] _line = new byte[MaxLine];
    private long _position;

    /// <summary>The largest message that the server delivers, headers included; from its <c>INFO</c>.</summary>
    public int MaxPayload { get; set; } = 1024 * 1024;

    /// <summary>Reads one frame from the beginning of a buffer.</summary>
    /// <param name="buffer">The buffer; what was read is cut off.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>False when there is no whole frame yet.</returns>
    /// <exception cref="NatsProtocolException">It is none.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out NatsFrame frame)
    {
        frame = default;
        SequencePosition? end = buffer.PositionOf((byte)'\n');
        if (end is null)
        {
            CheckLineLength(buffer, buffer.Length);
            return false;
        }

        ReadOnlySequence<byte> whole = buffer.Slice(0, end.Value);
        CheckLineLength(whole, whole.Length);
        long lineLength = whole.Length + 1;
        if (whole.Length == 0 || whole.Slice(whole.Length - 1).FirstSpan[0] != '\r') throw Wrong("a line that does not end with CR LF", whole);
        ReadOnlySequence<byte> line = whole.Slice(0, whole.Length - 1);
        if (StartsWith(line, "INFO"u8))
        {
            frame.Kind = NatsFrameKind.Info;
            frame.Text = line.Slice(4);
            Consume(ref buffer, lineLength);
            return true;
        }

        ReadOnlySpan<byte> text = Flatten(line);
        if (text.StartsWith("MSG "u8)) return TryReadMessage(ref buffer, text[4..], lineLength, hasHeaders: false, ref frame);
        if (text.StartsWith("HMSG "u8)) return TryReadMessage(ref buffer, text[5..], lineLength, hasHeaders: true, ref frame);
        if (text.SequenceEqual("PING"u8)) frame.Kind = NatsFrameKind.Ping;
        else if (text.SequenceEqual("PONG"u8)) frame.Kind = NatsFrameKind.Pong;
        else if (text.SequenceEqual("+OK"u8)) frame.Kind = NatsFrameKind.Ok;
        else if (text.StartsWith("-ERR"u8))
        {
            frame.Kind = NatsFrameKind.Error;
            frame.Text = line.Slice(4);
        }
        else
        {
            throw Wrong("an operation that NATS does not have", line);
        }

        Consume(ref buffer, lineLength);
        return true;
    }

    private bool TryReadMessage(ref ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> arguments, long lineLength, bool hasHeaders, ref NatsFrame frame)
    {
        // MSG <subject> <sid> [reply] <size>; HMSG <subject> <sid> [reply] <header size> <size>
        ReadOnlySpan<byte> subject = NextWord(ref arguments);
        ReadOnlySpan<byte> sid = NextWord(ref arguments);
        ReadOnlySpan<byte> third = NextWord(ref arguments);
        ReadOnlySpan<byte> fourth = NextWord(ref arguments);
        ReadOnlySpan<byte> fifth = NextWord(ref arguments);
        ReadOnlySpan<byte> last = hasHeaders ? (fifth.IsEmpty ? fourth : fifth) : (fourth.IsEmpty ? third : fourth);
        ReadOnlySpan<byte> headers = !hasHeaders ? default : fifth.IsEmpty ? third : fourth;
        bool hasReply = hasHeaders ? !fifth.IsEmpty : !fourth.IsEmpty;
        bool isWhole = !NextWord(ref arguments).IsEmpty || (!hasHeaders && !fifth.IsEmpty);
        if (isWhole || last.IsEmpty || !TryParse(sid, out long number)) throw Wrong("a message whose line has not what it must have", buffer.Slice(0, lineLength));
        if (!TryParse(last, out long size) || size > MaxPayload + HeadRoom)
        {
            throw Wrong($"a message of {Show(last)} bytes, where {MaxPayload + HeadRoom:N0} is the most", buffer.Slice(0, lineLength));
        }

        long headerSize = 0;
        if (hasHeaders && (!TryParse(headers, out headerSize) || headerSize > size))
        {
            throw Wrong($"a message with {Show(headers)} bytes of headers in {size:N0} bytes", buffer.Slice(0, lineLength));
        }

        if (buffer.Length < lineLength + size + 2) return false;
        ReadOnlySequence<byte> body = buffer.Slice(lineLength, size);
        if (!StartsWith(buffer.Slice(lineLength + size, 2), "\r\n"u8))
        {
            throw Wrong("a message that does not end where its size says", buffer.Slice(lineLength + size, 2));
        }

        frame.Kind = NatsFrameKind.Message;
        frame.Subject = subject;
        frame.Sid = number;
        frame.Reply = hasReply ? third : default;
        frame.Headers = body.Slice(0, headerSize);
        frame.Payload = body.Slice(headerSize);
        Consume(ref buffer, lineLength + size + 2);
        return true;
    }

    private static ReadOnlySpan<byte> NextWord(scoped ref ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t"u8);
        int end = text.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word;
    }

    /// <summary>At most 18 digits, so that it cannot overflow.</summary>
    private static bool TryParse(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > 18) return false;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (digit - '0');
        }

        return true;
    }

    private static bool StartsWith(ReadOnlySequence<byte> text, ReadOnlySpan<byte> word)
    {
        if (text.Length < word.Length) return false;
        if (text.FirstSpan.Length >= word.Length) return text.FirstSpan.StartsWith(word);
        Span<byte> start = stackalloc byte[8];
        text.Slice(0, word.Length).CopyTo(start);
        return start[..word.Length].SequenceEqual(word);
    }

    private ReadOnlySpan<byte> Flatten(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment) return line.FirstSpan;
        line.CopyTo(_line);
        return _line.AsSpan(0, (int)line.Length);
    }

    private void CheckLineLength(ReadOnlySequence<byte> line, long length)
    {
        if (length <= MaxLine) return;
        int most = StartsWith(line, "INFO"u8) ? MaxInfo : MaxLine;
        if (length > most) throw Wrong($"a line of more than {most:N0} bytes", line);
    }

    private void Consume(ref ReadOnlySequence<byte> buffer, long count)
    {
        buffer = buffer.Slice(count);
        _position += count;
    }

    private NatsProtocolException Wrong(string what, ReadOnlySequence<byte> where) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what}, at byte {_position:N0}: '{Show(where)}'"));

    private static string Show(ReadOnlySequence<byte> bytes) => Show(bytes.Slice(0, Math.Min(bytes.Length, 40)).ToArray());

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte b in bytes[..Math.Min(bytes.Length, 40)]) text.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        return text.ToString();
    }
}
