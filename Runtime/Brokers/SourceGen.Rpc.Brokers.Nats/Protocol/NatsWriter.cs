using System.Globalization;
using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>Gathers what is to be sent, in the protocol's form. Not thread safe.</summary>
internal sealed class NatsWriter
{
    private const int FirstCapacity = 16 * 1024;

    /// <summary>What is larger when it was sent is given back to the system.</summary>
    private const int LargestKept = 1024 * 1024;

    private byte[] _buffer = new byte[FirstCapacity];

    /// <summary>How many bytes it has.</summary>
    public int Length { get; private set; }

    /// <summary>What is to be sent.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > LargestKept) _buffer = new byte[FirstCapacity];
    }

    /// <summary>Subscribes.</summary>
    public void Subscribe(string subject, string? queue, long sid)
    {
        Raw("SUB "u8);
        Ascii(subject);
        if (queue is not null)
        {
            Raw(" "u8);
            Ascii(queue);
        }

        Raw(" "u8);
        Number(sid);
        Raw("\r\n"u8);
    }

    /// <summary>Unsubscribes.</summary>
    public void Unsubscribe(long sid)
    {
        Raw("UNSUB "u8);
        Number(sid);
        Raw("\r\n"u8);
    }

    /// <summary>Publishes without headers.</summary>
    public void Publish(ReadOnlySpan<byte> subject, ReadOnlySpan<char> reply, ReadOnlySpan<byte> payload)
    {
        Raw("PUB "u8);
        Raw(subject);
        Raw(" "u8);
        if (reply.Length > 0)
        {
            Ascii(reply);
            Raw(" "u8);
        }

        Number(payload.Length);
        Raw("\r\n"u8);
        Raw(payload);
        Raw("\r\n"u8);
    }

    /// <summary>Publishes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="reply">Where an answer goes; null for nowhere.</param>
    /// <param name="deduplicationId">Replaces the message's id for the engine, which then travels in a header of its own; null for not.</param>
    public void Publish(in OutgoingMessage message, string? reply, string? deduplicationId)
    {
        int headerLength = GetHeaderLength(in message, deduplicationId);
        Raw(headerLength > 0 ? "HPUB "u8 : "PUB "u8);
        Ascii(message.Topic);
        Raw(" "u8);
        if (reply is not null)
        {
            Ascii(reply);
            Raw(" "u8);
        }

        if (headerLength > 0)
        {
            Number(headerLength);
            Raw(" "u8);
        }

        Number(headerLength + message.Payload.Length);
        Raw("\r\n"u8);
        if (headerLength > 0) Headers(in message, deduplicationId);
        Raw(message.Payload.Span);
        Raw("\r\n"u8);
    }

    /// <summary>How many bytes a message's headers have; 0 for none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="deduplicationId">See <see cref="Publish(in OutgoingMessage, string?, string?)"/>.</param>
    /// <exception cref="RpcException">A header cannot be sent.</exception>
    public static int GetHeaderLength(in OutgoingMessage message, string? deduplicationId)
    {
        int length = 0;
        if (message.Key is not null) length += MessageHeaderNames.Key.Length + 4 + 16;
        if (deduplicationId is not null)
        {
            length += NatsHeaders.MessageId.Length + 4 + Encoding.UTF8.GetByteCount(deduplicationId);
            length += NatsHeaders.OriginalId.Length + 4 + CheckedLength(NatsHeaders.OriginalId, message.Id ?? "");
        }
        else if (message.Id is { } id)
        {
            length += NatsHeaders.MessageId.Length + 4 + CheckedLength(nameof(OutgoingMessage.Id), id);
        }

        foreach (KeyValuePair<string, string> header in message.Headers.Span)
        {
            CheckName(header.Key);
            length += header.Key.Length + 4 + CheckedLength(header.Key, header.Value);
        }

        return length == 0 ? 0 : length + "NATS/1.0\r\n\r\n".Length;
    }

    /// <summary>Asks whether the server is there.</summary>
    public void Ping() => Raw("PING\r\n"u8);

    /// <summary>Answers that the client is there.</summary>
    public void Pong() => Raw("PONG\r\n"u8);

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private void Headers(in OutgoingMessage message, string? deduplicationId)
    {
        Raw("NATS/1.0\r\n"u8);
        if (message.Key is { } key)
        {
            Ascii(MessageHeaderNames.Key);
            Raw(": "u8);
            key.TryFormat(Take(16), out _, "x16", CultureInfo.InvariantCulture);
            Raw("\r\n"u8);
        }

        if (deduplicationId is not null)
        {
            Header(NatsHeaders.MessageId, deduplicationId);
            Header(NatsHeaders.OriginalId, message.Id ?? "");
        }
        else if (message.Id is { } id)
        {
            Header(NatsHeaders.MessageId, id);
        }

        foreach (KeyValuePair<string, string> header in message.Headers.Span) Header(header.Key, header.Value);
        Raw("\r\n"u8);
    }

    private void Header(string name, string value)
    {
        Ascii(name);
        Raw(": "u8);
        Encoding.UTF8.GetBytes(value, Take(Encoding.UTF8.GetByteCount(value)));
        Raw("\r\n"u8);
    }

    private static void CheckName(string name)
    {
        bool isToken = name.Length > 0;
        foreach (char c in name) isToken &= char.IsAscii(c) && c is > ' ' and not ':' and not '\u007F';
        if (!isToken) throw Invalid($"The header '{name}' cannot be sent: a name has ASCII characters, and no blank and no colon.");
    }

    private static int CheckedLength(string name, string value)
    {
        // A line break would begin a header of the value's own.
        foreach (char c in value)
        {
            if (char.IsControl(c)) throw Invalid($"The header '{name}' cannot be sent: its value has the control character U+{(int)c:X4}.");
        }

        return Encoding.UTF8.GetByteCount(value);
    }

    private static RpcException Invalid(string detail) => new(RpcStatusCode.InvalidArgument, detail) { Progress = RpcCallProgress.NotSent };

    private void Ascii(ReadOnlySpan<char> text) => Encoding.ASCII.GetBytes(text, Take(text.Length));

    private void Number(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        Raw(digits[..count]);
    }

    private Span<byte> Take(int count)
    {
        int needed = checked(Length + count);
        if (needed > _buffer.Length) Array.Resize(ref _buffer, Math.Max(needed, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
        Span<byte> taken = _buffer.AsSpan(Length, count);
        Length = needed;
        return taken;
    }
}
