using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;
using static SourceGen.Rpc.Registries.Dns.Tests.Support.FakeDnsServer;

namespace SourceGen.Rpc.Registries.Dns.Tests.Resolving;

/// <summary>Answers that are none, come too late, or come from somebody else.</summary>
public sealed class WrongAnswerTests
{
    private const string Name = "_rpc._tcp.greeter.shop.example";

    private static readonly DnsRecord[] s_right = [Srv(Name, "right.example", 5000), Address("right.example", "10.0.0.1")];
    private static readonly DnsRecord[] s_wrong = [Srv(Name, "wrong.example", 6666), Address("wrong.example", "10.6.6.6")];

    [Fact]
    public async Task What_is_no_answer_to_the_question_is_passed_over()
    {
        await using FakeDnsServer server = new();
        server.OnUdp = (query, _) =>
        {
            byte[] right = Answer(query, s_right);
            byte[] wrong = Answer(query, s_wrong);
            byte[] otherId = [(byte)(wrong[0] ^ 1), .. wrong[1..]];
            byte[] isQuery = [.. wrong];
            isQuery[2] &= 0x7F;
            byte[] otherOpcode = [.. wrong];
            otherOpcode[2] |= 0x28;
            byte[] noQuestion = new DnsMessageWriter(512).Finish(query.Id, new DnsFlags(0x8180)).ToArray();
            return
            [
                otherId,
                isQuery,
                otherOpcode,
                noQuestion,
                AnswerTo(query, query.Questions[0] with { Name = DomainName.Parse("_rpc._tcp.other.shop.example") }),
                AnswerTo(query, query.Questions[0] with { Type = DnsRecordType.A }),
                AnswerTo(query, query.Questions[0] with { Class = 3 }),
                [],
                [1, 2, 3],
                right[..(right.Length - 1)],
                right,
                wrong,
            ];
        };
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}");

        Assert.Equal(["right.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
        // The last one of them came after the answer, to a port where nobody listened any more; asked again, the answer is the same.
        Assert.Equal(["right.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task What_comes_from_somebody_else_is_passed_over()
    {
        await using FakeDnsServer server = new();
        using Socket spoofer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        spoofer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.OnUdp = (query, from) =>
        {
            // It knows id, question and port, and comes first.
            spoofer.SendTo(Answer(query, s_wrong), from);
            return [Answer(query, s_right)];
        };
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}");

        Assert.Equal(["right.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task Ids_and_ports_are_others_each_time()
    {
        await using FakeDnsServer server = new FakeDnsServer().Answers(s_right);
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}", static options => options.ReadsText = false);

        for (int i = 0; i < 20; i++) await registry.NodesAsync("greeter");

        // Of 20 random numbers of 16 bits two may be the same, but hardly ever ten.
        Assert.InRange(server.Asked.Select(static one => one.Message.Id).Distinct().Count(), 11, 20);
        Assert.InRange(server.Asked.Select(static one => one.From.Port).Distinct().Count(), 11, 20);
        Assert.All(server.Asked, static one => Assert.True(one.Message.Flags == DnsFlags.RecursiveQuery));
        Assert.All(server.Asked, static one => Assert.Equal(1232, Assert.Single(one.Message.Additionals).Class));
    }

    [Fact]
    public async Task A_flood_of_wrong_answers_ends_the_attempt()
    {
        await using FakeDnsServer flood = new();
        flood.OnUdp = static (query, _) => Enumerable.Repeat(AnswerTo(query, new DnsQuestion(DomainName.Root, DnsRecordType.A)), 200);
        await using FakeDnsServer good = new FakeDnsServer().Answers(s_right);
        await using DnsRegistry registry = TestRegistry.Create($"{flood.EndPoint},{good.EndPoint}", static options =>
            options.AttemptTimeout = options.Timeout = TimeSpan.FromSeconds(30));

        Assert.Single(await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_truncated_answer_is_had_by_tcp()
    {
        await using FakeDnsServer server = new();
        server.OnUdp = static (query, _) =>
        {
            byte[] truncated = Answer(query, s_wrong);
            truncated[2] |= 0x02;
            // Cut within a record, as some servers do.
            return [truncated[..^3]];
        };
        server.OnTcp = static query => WithLength(Answer(query, s_right));
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}", static options =>
        {
            options.ReadsText = false;
            options.AttemptTimeout = options.Timeout = TimeSpan.FromSeconds(30); // Else a busy machine has it asked again.
        });

        Assert.Equal(["right.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
        Assert.Equal(1, server.AskedByTcp);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("less than it says")]
    [InlineData("truncated")]
    [InlineData("another id")]
    [InlineData("garbage")]
    public async Task What_is_no_answer_by_tcp_leads_to_the_next_server(string kind)
    {
        await using FakeDnsServer bad = new();
        bad.OnUdp = static (query, _) =>
        {
            byte[] truncated = Answer(query, s_wrong);
            truncated[2] |= 0x02;
            return [truncated];
        };
        bad.OnTcp = query =>
        {
            byte[] wrong = Answer(query, s_wrong);
            if (kind == "nothing") return [];
            if (kind == "less than it says") return WithLength(wrong)[..^1];
            if (kind == "truncated") wrong[2] |= 0x02;
            if (kind == "another id") wrong[0] ^= 1;
            return WithLength(kind == "garbage" ? [.. wrong[..^1]] : wrong);
        };
        await using FakeDnsServer good = new FakeDnsServer().Answers(s_right);
        await using DnsRegistry registry = TestRegistry.Create($"{bad.EndPoint},{good.EndPoint}");

        Assert.Equal(["right.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
    }

    private static byte[] AnswerTo(DnsMessage query, DnsQuestion question)
    {
        DnsMessageWriter writer = new(512);
        writer.TryWrite(question);
        foreach (DnsRecord record in s_wrong) writer.TryWrite(DnsSection.Answer, record);
        return writer.Finish(query.Id, new DnsFlags(0x8180)).ToArray();
    }
}
