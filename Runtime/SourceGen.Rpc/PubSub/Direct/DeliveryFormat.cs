using System.Buffers.Binary;
using System.Text;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>
/// The bytes of batches and of settlements. Numbers are unsigned and of variable length, seven bits a byte, the lowest first.
/// </summary>
/// <remarks>
/// <para>A batch is the version, then for each message: subscription, tag, deliveries, length of the body, body.</para>
/// <para>
/// A body is flags (1: key, 2: id), topic, the key in 8 bytes, the id, the number of headers, their names and values, and the payload up to the
/// end. Texts have their length before them.
/// </para>
/// <para>
/// Settlements are the version, then for each message its tag times four plus the <see cref="DeliveryVerdict"/>, and a delay in milliseconds where the
/// verdict has one.
/// </para>
/// <para>The first item that a subscriber sends is the version and its node's id.</para>
/// </remarks>
internal static class DeliveryFormat
{
    /// <summary>The first byte of everything.</summary>
    public const byte Version = 1;

    /// <summary>The largest message: topic, headers and payload together.</summary>
    public const int MaxMessage = 16_000_000;

    /// <summary>How many messages travel together at most.</summary>
    public const int MostMessages = 256;

    /// <summary>From how many bytes on a batch gets no further message. Arrays of that size are not yet large objects.</summary>
    public const int BatchBytes = 48 * 1024;

    /// <summary>The most that stands before a body: four numbers.</summary>
    public const int MaxHead = 20;

    /// <summary>The most headers of a message.</summary>
    public const int MostHeaders = 1_000;

    private const byte HasKey = 1;
    private const byte HasId = 2;

    /// <summary>How many bytes a message's body has.</summary>
    public static long Measure(in OutgoingMessage message)
    {
        long length = 1 + LengthOf(message.Topic.Length) + message.Topic.Length + message.Payload.Length;
        if (message.Key is not null) length += 8;
        if (message.Id is { } id) length += MeasureText(id);
        length += LengthOf(message.Headers.Length);
        foreach (KeyValuePair<string, string> header in message.Headers.Span) length += MeasureText(header.Key) + MeasureText(header.Value);
        return length;
    }

    /// <summary>Writes a message's body, which has the length that was measured.</summary>
    public static void Write(in OutgoingMessage message, Span<byte> body)
    {
        body[0] = (byte)((message.Key is null ? 0 : HasKey) | (message.Id is null ? 0 : HasId));
        int at = 1 + WriteNumber(body[1..], (uint)message.Topic.Length);
        at += Encoding.ASCII.GetBytes(message.Topic, body[at..]);
        if (message.Key is { } key)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(body[at..], key);
            at += 8;
        }

        if (message.Id is { } id) at += WriteText(body[at..], id);
        at += WriteNumber(body[at..], (uint)message.Headers.Length);
        foreach (KeyValuePair<string, string> header in message.Headers.Span)
        {
            at += WriteText(body[at..], header.Key);
            at += WriteText(body[at..], header.Value);
        }

        message.Payload.Span.CopyTo(body[at..]);
    }

    /// <summary>Reads a message's body.</summary>
    /// <param name="body">The body; the message's payload is a part of it.</param>
    /// <param name="deliveries">How often it is delivered.</param>
    /// <param name="topics">Topics that came before, so that each is one string.</param>
    /// <exception cref="RpcException">It is none; the message says what is wrong, and where.</exception>
    public static IncomingMessage Read(ReadOnlyMemory<byte> body, int deliveries, TopicNames topics)
    {
        DeliveryReader reader = new(body.Span, "A message");
        byte flags = reader.ReadByte("its flags");
        if ((flags & ~(HasKey | HasId)) != 0) throw reader.Wrong($"the flags 0x{flags:X2}, of which this version knows 0x03");
        string topic = topics.Get(reader.ReadBytes("its topic"), ref reader);
        ulong? key = (flags & HasKey) != 0 ? reader.ReadKey() : null;
        string? id = (flags & HasId) != 0 ? reader.ReadText("its id") : null;
        uint count = reader.ReadNumber("the number of its headers");
        if (count > MostHeaders) throw reader.Wrong($"{count:N0} headers, and {MostHeaders:N0} are the most");
        KeyValuePair<string, string>[] headers = count == 0 ? [] : new KeyValuePair<string, string>[count];
        for (int i = 0; i < headers.Length; i++)
        {
            string name = reader.ReadText("a header's name");
            headers[i] = new KeyValuePair<string, string>(name, reader.ReadText("a header's value"));
        }

        return new IncomingMessage(topic, body[reader.Position..]) { Key = key, Id = id, Headers = headers, Deliveries = deliveries };
    }

    /// <summary>Writes a number.</summary>
    /// <returns>How many bytes it took: 5 at most.</returns>
    public static int WriteNumber(Span<byte> target, uint value)
    {
        int at = 0;
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
        return at;
    }

    private static int LengthOf(int value)
    {
        int length = 1;
        for (uint rest = (uint)value >> 7; rest > 0; rest >>= 7) length++;
        return length;
    }

    private static long MeasureText(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        return LengthOf(length) + (long)length;
    }

    private static int WriteText(Span<byte> target, string text)
    {
        int head = WriteNumber(target, (uint)Encoding.UTF8.GetByteCount(text));
        return head + Encoding.UTF8.GetBytes(text, target[head..]);
    }
}
