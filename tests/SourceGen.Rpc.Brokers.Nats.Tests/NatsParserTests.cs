using System.Buffers;
using System.Text;
using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class NatsParserTests
{
    private const string Conversation =
        "INFO {\"server_id\":\"a\",\"max_payload\":1048576}\r\nPING\r\n+OK\r\nMSG orders.placed 1 5\r\nhello\r\nMSG a 22 _INBOX.x.1 0\r\n\r\n"
        + "HMSG b 3 21 26\r\nNATS/1.0\r\nname: v\r\n\r\nhello\r\nHMSG c 4 reply.to 16 16\r\nNATS/1.0 503\r\n\r\n\r\nPONG\r\n-ERR 'Stale Connection'\r\n";

    private static readonly string[] s_frames =
    [
        "Info", "Ping", "Ok", "Message orders.placed 1 '' h0 'hello'", "Message a 22 '_INBOX.x.1' h0 ''",
        "Message b 3 '' h21 'hello'", "Message c 4 'reply.to' h16 ''", "Pong", "Error",
    ];

    [Fact]
    public void A_conversation_is_read_whole_and_in_pieces_of_every_size()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Conversation);
        Assert.Equal(s_frames, ReadAll(new ReadOnlySequence<byte>(bytes)));
        for (int size = 1; size < 40; size++) Assert.Equal(s_frames, ReadAll(Split(bytes, size)));
    }

    [Fact]
    public void Every_truncation_waits_for_more_and_invents_nothing()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Conversation);
        string[] all = s_frames;
        for (int length = 0; length < bytes.Length; length++)
        {
            string[] read = ReadAll(new ReadOnlySequence<byte>(bytes, 0, length));
            Assert.Equal(all.Take(read.Length), read);
            Assert.True(read.Length < all.Length);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "an operation that NATS does not have, at byte 0: 'HTTP/1.1 400 Bad Request'")]
    [InlineData("PING\r\nPING\n", "does not end with CR LF, at byte 6")]
    [InlineData("MSG a 1\r\n", "has not what it must have")]
    [InlineData("MSG a x 1\r\n", "has not what it must have")]
    [InlineData("MSG a 1 b 1 1\r\n", "has not what it must have")]
    [InlineData("HMSG a 1 b 1 1 1\r\n", "has not what it must have")]
    [InlineData("MSG a 1 -1\r\n", "a message of -1 bytes")]
    [InlineData("MSG a 1 99999999999999999999\r\n", "a message of 99999999999999999999 bytes")]
    [InlineData("MSG a 1 2147483648\r\n", "where 1,114,112 is the most")]
    [InlineData("HMSG a 1 6 5\r\n", "with 6 bytes of headers in 5 bytes")]
    [InlineData("HMSG a 1 -6 5\r\n", "with -6 bytes of headers in 5 bytes")]
    [InlineData("MSG a 1 2\r\nabc\r\n", "does not end where its size says")]
    [InlineData("\r\n", "an operation that NATS does not have")]
    [InlineData("\n", "does not end with CR LF")]
    public void What_is_no_frame_is_named_with_its_place(string text, string problem)
    {
        NatsProtocolException error = Assert.Throws<NatsProtocolException>(() => ReadAll(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text))));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_at_its_limit()
    {
        Assert.Empty(ReadAll(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(new string('M', NatsParser.MaxLine)))));
        Assert.Throws<NatsProtocolException>(() => ReadAll(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(new string('M', NatsParser.MaxLine + 1)))));
        Assert.Empty(ReadAll(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes("INFO" + new string(' ', NatsParser.MaxInfo - 4)))));
        Assert.Throws<NatsProtocolException>(
            () => ReadAll(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes("INFO" + new string(' ', NatsParser.MaxInfo)))));
    }

    [Fact]
    public void Hostile_bytes_are_read_or_refused_and_nothing_else()
    {
        Random random = new(20261121);
        byte[] valid = Encoding.ASCII.GetBytes(Conversation);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes;
            if (round % 4 == 0)
            {
                bytes = new byte[random.Next(1, 200)];
                random.NextBytes(bytes);
            }
            else
            {
                // A valid conversation with a few bytes changed, cut out or repeated.
                List<byte> changed = [.. valid];
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    int at = random.Next(changed.Count);
                    if (i % 3 == 0) changed[at] = (byte)random.Next(256);
                    else if (i % 3 == 1) changed.RemoveRange(at, Math.Min(changed.Count - at - 1, random.Next(8)));
                    else changed.Insert(at, (byte)"0123456789 \r\n"[random.Next(13)]);
                }

                bytes = [.. changed];
            }

            string[] whole = Outcome(new ReadOnlySequence<byte>(bytes));
            Assert.Equal(whole, Outcome(Split(bytes, 1 + (round % 7))));
        }
    }

    [Fact]
    public void Headers_are_read_as_they_were_sent_and_hostile_ones_refused()
    {
        Assert.True(NatsHeaders.TryParse("NATS/1.0\r\nrpc-key: 00000000000000ff\r\nNats-Msg-Id:7\r\na:  b: c \r\nA:\r\n\r\n"u8, out NatsHeaders headers));
        Assert.Equal((0, 255UL, "7"), (headers.Status, headers.Key!.Value, headers.Id));
        Assert.Equal([new("a", " b: c "), new KeyValuePair<string, string>("A", "")], headers.Pairs.ToArray());
        Assert.True(NatsHeaders.TryParse("NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 3\r\n\r\n"u8, out headers));
        Assert.Equal((408, "Request Timeout", "3"), (headers.Status, headers.Description, headers.Find("nats-pending-messages")));
        Assert.True(NatsHeaders.TryParse("NATS/1.0 503\r\n\r\n"u8, out headers));
        Assert.Equal((503, ""), (headers.Status, headers.Description));
        foreach (string wrong in (string[])["", "NATS/1.0", "NATS/1.0\r\n", "HTTP/1.1\r\n\r\n", "NATS/1.0\r\nname\r\n\r\n", "NATS/1.0\r\n: v\r\n\r\n", "NATS/1.0 5x3\r\n\r\n", "NATS/1.0 -50\r\n\r\n", "NATS/1.0\r\na: b\r\n"])
        {
            Assert.False(NatsHeaders.TryParse(Encoding.ASCII.GetBytes(wrong), out _), wrong);
        }

        Random random = new(7);
        byte[] valid = "NATS/1.0 200 x\r\nname: value\r\nother: v\r\n\r\n"u8.ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. valid[..random.Next(valid.Length + 1)], .. "\r\n\r\n"u8];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            NatsHeaders.TryParse(bytes, out _);
        }
    }

    private static string[] Outcome(ReadOnlySequence<byte> buffer)
    {
        try
        {
            return ReadAll(buffer);
        }
        catch (NatsProtocolException e)
        {
            return [e.Message];
        }
    }

    private static string[] ReadAll(ReadOnlySequence<byte> buffer)
    {
        NatsParser parser = new();
        List<string> frames = [];
        while (parser.TryRead(ref buffer, out NatsFrame frame))
        {
            frames.Add(frame.Kind == NatsFrameKind.Message
                ? $"Message {Encoding.UTF8.GetString(frame.Subject)} {frame.Sid} '{Encoding.UTF8.GetString(frame.Reply)}' h{frame.Headers.Length} '{Encoding.UTF8.GetString(frame.Payload.ToArray())}'"
                : frame.Kind.ToString());
        }

        return [.. frames];
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int size)
    {
        Segment? first = null;
        Segment? last = null;
        for (int i = 0; i < bytes.Length; i += size)
        {
            last = new Segment(bytes.AsMemory(i, Math.Min(size, bytes.Length - i)), last);
            first ??= last;
        }

        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
