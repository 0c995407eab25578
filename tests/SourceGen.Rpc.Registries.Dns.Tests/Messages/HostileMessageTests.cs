using System.Diagnostics;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Tests.Messages;

public sealed class HostileMessageTests
{
    [Theory]
    [InlineData("points to itself", new byte[] { 0xC0, 12 }, "points to 12, which is not before it")]
    [InlineData("points behind itself", new byte[] { 0xC0, 14, 0 }, "points to 14, which is not before it")]
    [InlineData("points to its own label", new byte[] { 1, (byte)'a', 0xC0, 12 }, "points to 12, which is not before it")]
    [InlineData("points into the header", new byte[] { 0xC0, 4 }, "points to 4, which is not before it")]
    [InlineData("a pointer's second byte is missing", new byte[] { 0xC0 }, "it ends within a name")]
    [InlineData("a label of kind 01", new byte[] { 0x41, 0, 0 }, "a label at 12 is of an unknown kind")]
    [InlineData("a label of kind 10", new byte[] { 0x80, 0, 0 }, "a label at 12 is of an unknown kind")]
    [InlineData("a label beyond the end", new byte[] { 5, (byte)'a' }, "it ends within a name")]
    [InlineData("no root", new byte[] { 1, (byte)'a' }, "it ends within a name")]
    [InlineData("nothing behind the name", new byte[] { 0, 0, 1 }, "it ends within a question")]
    public void A_name_that_lies_is_refused(string what, byte[] question, string expected)
    {
        byte[] message = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question];

        Assert.False(DnsMessage.TryRead(message, out _, out string? error), what);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Pointers_that_lead_to_each_other_end()
    {
        // Two names: the first one is read, the second one leads to a pointer inside the first one's class that leads to the second one.
        byte[] message = [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 0, 0xC0, 19, 0, 1, 1, (byte)'b', 0xC0, 15, 0, 1, 0, 1];

        Assert.False(DnsMessage.TryRead(message, out _, out string? error));
        Assert.Contains("which is not before it", error);
    }

    [Fact]
    public void A_name_that_pointers_make_longer_than_255_bytes_is_refused()
    {
        // Each question's name is a label of 63 bytes before the name of the one before.
        List<byte> message = [0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0];
        int previous = -1;
        for (int i = 0; i < 5; i++)
        {
            int start = message.Count;
            message.Add(63);
            message.AddRange(Enumerable.Repeat((byte)'a', 63));
            message.AddRange(previous < 0 ? [0] : [(byte)(0xC0 | (previous >> 8)), (byte)previous]);
            message.AddRange([0, 1, 0, 1]);
            previous = start;
        }

        Assert.False(DnsMessage.TryRead([.. message], out _, out string? error));
        Assert.Contains("is longer than 255 bytes", error);
    }

    [Theory]
    [InlineData("an address of 3 bytes", 1, new byte[] { 1, 2, 3 }, "a record A has 3 bytes")]
    [InlineData("an address of 15 bytes", 28, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "a record Aaaa has 15 bytes")]
    [InlineData("a pointer longer than its name", 12, new byte[] { 0, 9 }, "has another length than its content")]
    [InlineData("a name that goes on behind its record", 12, new byte[] { 3, (byte)'a' }, "it ends within a name")]
    [InlineData("an SRV without a target", 33, new byte[] { 0, 1, 0, 1, 0, 1 }, "a record Srv is too short")]
    [InlineData("a text beyond its record", 16, new byte[] { 4, (byte)'a' }, "a text says 4 bytes where 1 are left")]
    [InlineData("an SOA without its numbers", 6, new byte[] { 0, 0, 1, 2 }, "a record Soa has another length")]
    [InlineData("an NSEC block of no bytes", 47, new byte[] { 0, 0, 0 }, "a record Nsec has a wrong block")]
    [InlineData("an NSEC block beyond its record", 47, new byte[] { 0, 0, 9, 1 }, "a record Nsec has a wrong block")]
    [InlineData("NSEC blocks that go back", 47, new byte[] { 0, 1, 1, 1, 0, 1, 1 }, "a record Nsec has a wrong block")]
    [InlineData("half an NSEC block", 47, new byte[] { 0, 0 }, "a record Nsec ends within a block")]
    public void Data_that_lies_is_refused(string what, byte type, byte[] data, string expected)
    {
        // More bytes follow the record, so that reading beyond it would not end at the message's end.
        byte[] before = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, type, 0, 1, 0, 0, 0, 0, 0, (byte)data.Length];
        byte[] message = [.. before, .. data, 1, (byte)'b', 0, 0, 0, 0, 0, 0];

        Assert.False(DnsMessage.TryRead(message, out _, out string? error), what);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Lengths_and_counts_beyond_the_message_are_refused_without_memory()
    {
        byte[] longRecord = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 16, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF];
        byte[] manyRecords = [0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(DnsMessage.TryRead(longRecord, out _, out string? error));
        Assert.False(DnsMessage.TryRead(manyRecords, out _, out string? other));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains("says 65535 bytes where 0 are left", error);
        Assert.Equal("it ends within a name", other);
        Assert.True(allocated < 16_384, $"{allocated} bytes");
    }

    [Fact]
    public void A_message_that_ends_at_any_byte_is_refused()
    {
        for (int length = 0; length < Samples.Message.Length; length++)
        {
            Assert.False(DnsMessage.TryRead(Samples.Message.AsSpan(0, length), out _, out string? error), $"{length} bytes");
            Assert.NotEmpty(error);
        }
    }

    [Fact]
    public void The_largest_expansion_of_names_is_bounded()
    {
        // A name of 255 bytes, and as many records as fit whose names and data point to it.
        List<byte> message = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (int length in (ReadOnlySpan<int>)[63, 63, 63, 61])
        {
            message.AddRange([(byte)length, .. Enumerable.Repeat((byte)'a', length)]);
        }
        message.AddRange([0, 0, 1, 0, 1]);
        int records = 0;
        for (; message.Count + 14 <= ushort.MaxValue; records++) message.AddRange([0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 0, 0, 2, 0xC0, 12]);
        message[6] = (byte)(records >> 8);
        message[7] = (byte)records;

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(DnsMessage.TryRead([.. message], out DnsMessage? read, out string? error), error);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(records, read.Answers.Count);
        Assert.True(allocated < 6_000_000, $"{allocated:N0} bytes");
    }

    [Fact]
    public void Random_mutations_are_read_or_refused_and_what_is_read_can_be_written()
    {
        Random random = new(20_26);
        Stopwatch time = Stopwatch.StartNew();
        int read = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] message = [.. Samples.Message];
            for (int change = random.Next(1, 6); change > 0; change--) message[random.Next(message.Length)] = (byte)random.Next(256);
            int length = random.Next(4) == 0 ? random.Next(message.Length) : message.Length;
            if (!DnsMessage.TryRead(message.AsSpan(0, length), out DnsMessage? one, out _)) continue;
            read++;
            DnsMessageWriter writer = new(ushort.MaxValue);
            foreach (DnsRecord record in one.Answers)
            {
                Assert.True(writer.TryWrite(DnsSection.Answer, record));
                Assert.NotNull(record.Name.ToString());
                Assert.Equal(record.Name, DomainName.Parse(record.Name.ToString()));
            }

            Assert.True(DnsMessage.TryRead(writer.Finish(0, default).Span, out DnsMessage? again, out string? error), error);
            Assert.Equal(one.Answers, again.Answers);
        }

        Assert.InRange(read, 1_000, 29_000);
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(60), $"{time.Elapsed}");
    }
}
