using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Tests.Messages;

public sealed class DnsMessageTests
{
    [Fact]
    public void Every_type_of_record_comes_back_as_it_was_written()
    {
        Assert.True(DnsMessage.TryRead(Samples.Message, out DnsMessage? message, out string? error), error);

        Assert.Equal(0x1234, message.Id);
        Assert.True(message.Flags.IsResponse);
        Assert.False(message.Flags.IsTruncated);
        Assert.Equal(DnsResponseCode.NameError, message.Flags.ResponseCode);
        Assert.Equal([new DnsQuestion(DomainName.Parse("_rpc._tcp.shop.example"), DnsRecordType.Srv)], message.Questions);
        Assert.Equal(Samples.Records, message.Answers);
        Assert.Equal([Samples.Records[6]], message.Authorities);
        Assert.Equal([Samples.Opt], message.Additionals);
    }

    [Fact]
    public void Names_are_compressed()
    {
        int uncompressed = Samples.Records.Sum(static record => record.Name.Wire.Length + 10 + DnsMessageWriter.ToWire(record.Data).Length);

        Assert.True(Samples.Message.Length < uncompressed - 100, $"{Samples.Message.Length} bytes, {uncompressed} without compression");
    }

    /// <summary>The example of RFC 1035, 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.</summary>
    [Fact]
    public void The_example_of_the_standard_is_read()
    {
        byte[] message = new byte[12 + 100];
        message[5] = 1;
        byte[] name = [1, (byte)'F', 3, (byte)'I', (byte)'S', (byte)'I', 4, (byte)'A', (byte)'R', (byte)'P', (byte)'A', 0];
        name.CopyTo(message, 12);
        byte[] question = [0, 1, 0, 1];
        question.CopyTo(message, 24);
        byte[] foo = [3, (byte)'F', (byte)'O', (byte)'O', 0xC0, 12, 0, 1, 0, 1, 0xC0, 18, 0, 1, 0, 1, 0, 0, 1, 0, 1];
        foo.CopyTo(message, 28);
        message[5] = 4;

        Assert.True(DnsMessage.TryRead(message, out DnsMessage? read, out string? error), error);

        Assert.Equal(["F.ISI.ARPA", "FOO.F.ISI.ARPA", "ARPA", "."], read.Questions.Select(static one => one.Name.ToString()));
    }

    [Fact]
    public void What_does_not_fit_leaves_no_trace()
    {
        DnsRecord small = Samples.Records[2];
        DnsMessageWriter writer = new(100);
        Assert.True(writer.TryWrite(DnsSection.Answer, small));
        int length = writer.Length;

        Assert.False(writer.TryWrite(DnsSection.Answer, Samples.Records[1]));

        Assert.Equal(length, writer.Length);
        // Its name was begun before it turned out not to fit, and must not be pointed to.
        Assert.True(writer.TryWrite(DnsSection.Answer, small with { Name = DomainName.Parse("_rpc._tcp.shop.example") }));
        Assert.True(DnsMessage.TryRead(writer.Finish(1, default).Span, out DnsMessage? read, out string? error), error);
        Assert.Equal(["node-1.shop.example", "_rpc._tcp.shop.example"], read.Answers.Select(static record => record.Name.ToString()));
    }

    [Fact]
    public void Sections_are_written_in_their_order()
    {
        DnsMessageWriter writer = new(512);
        writer.TryWrite(DnsSection.Additional, Samples.Opt);

        Assert.Throws<InvalidOperationException>(() => writer.TryWrite(DnsSection.Answer, Samples.Records[2]));
    }

    [Fact]
    public void Special_bits_of_mdns_are_no_part_of_a_class()
    {
        DnsRecord record = Samples.Records[0] with { Class = DnsRecord.InternetClass | DnsRecord.CacheFlushBit };
        DnsQuestion question = new(record.Name, DnsRecordType.Srv, DnsRecord.InternetClass | DnsQuestion.UnicastResponseBit);

        Assert.True(question.IsAnsweredBy(record));
        Assert.True(record.IsSameAs(Samples.Records[0] with { TimeToLive = 1 }));
        Assert.True((question with { Type = DnsRecordType.Any, Class = DnsRecord.AnyClass }).IsAnsweredBy(record));
        Assert.False((question with { Type = DnsRecordType.A }).IsAnsweredBy(record));
        Assert.False((question with { Class = 3 }).IsAnsweredBy(record));
    }

    [Fact]
    public void A_text_record_without_a_text_has_an_empty_one() => Assert.Single(new TxtData([]).Texts.ToArray());
}
