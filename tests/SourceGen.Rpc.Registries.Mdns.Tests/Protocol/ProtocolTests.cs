using System.Net;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Protocol;

/// <summary>What RFC 6762 asks for, seen and done by somebody else on the network.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private const ushort Flush = DnsRecord.InternetClass | DnsRecord.CacheFlushBit;
    private static readonly DomainName s_type = DomainName.Parse("_sourcegen-rpc._tcp.local");

    private readonly Network _network = new();
    private readonly ServiceRecord _record = Network.Record("Shop.Greeter", "a", "tcp://10.0.0.1:5000");
    private Peer _peer = null!;
    private MdnsRegistry _registry = null!;

    public Task InitializeAsync()
    {
        _peer = new Peer(_network);
        _registry = _network.Create();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        _peer.Dispose();
    }

    [Fact]
    public async Task A_name_is_probed_three_times_announced_twice_and_said_goodbye_to()
    {
        Task registered = _registry.RegisterAsync(_record).AsTask();
        DomainName? instance = null;
        for (int i = 0; i < 3; i++)
        {
            DnsMessage probe = await _peer.HearAsync(static one => !one.Flags.IsResponse && one.Authorities.Count > 0, "a probe");
            instance = probe.Questions[0].Name;
            Assert.All(
                probe.Questions, static question => Assert.True(question is { Type: DnsRecordType.Any, WantsUnicastResponse: true }));
            Assert.Contains(probe.Authorities, static record => record.Data is SrvData { Port: 5000 });
        }

        for (int i = 0; i < 2; i++)
        {
            DnsMessage announcement = await _peer.HearAsync(static one => one.Flags == DnsFlags.MulticastResponse, "an announcement");
            Assert.Equal(
                [DnsRecordType.Srv, DnsRecordType.Txt, DnsRecordType.A, DnsRecordType.Ptr, DnsRecordType.Ptr, DnsRecordType.Ptr],
                announcement.Answers.Select(static record => record.Type));
            Assert.Equal([true, true, true, false, false, false], announcement.Answers.Select(static record => record.IsCacheFlush));
            Assert.Equal(
                ["_sourcegen-rpc._tcp.local", @"_Shop\.Greeter._sub._sourcegen-rpc._tcp.local", "_services._dns-sd._udp.local"],
                announcement.Answers.Skip(3).Select(static record => record.Name.ToString()));
            Assert.All(announcement.Answers, static record => Assert.Equal(90u, record.TimeToLive));
        }

        await registered;
        Assert.StartsWith("Shop.Greeter ", instance!.FirstLabel);
        await _registry.DeregisterAsync(_record);
        DnsMessage goodbye = await _peer.HearAsync(static one => one.Flags.IsResponse, "a goodbye");
        Assert.All(goodbye.Answers, static record => Assert.Equal(0u, record.TimeToLive));
        Assert.Equal(6, goodbye.Answers.Count);
    }

    [Fact]
    public async Task An_address_of_IPv6_is_announced_as_AAAA()
    {
        await _registry.RegisterAsync(Network.Record("Shop.Greeter", "a", "tcp://[fd00::1]:5000"));

        DnsMessage announcement = await _peer.HearAsync(static one => one.Flags == DnsFlags.MulticastResponse, "an announcement");

        DnsRecord address = Assert.Single(announcement.Answers, static record => record.Data is AddressData);
        Assert.Equal((DnsRecordType.Aaaa, IPAddress.Parse("fd00::1")), (address.Type, ((AddressData)address.Data).Address));
        SrvData srv = Assert.Single(announcement.Answers.Select(static record => record.Data).OfType<SrvData>());
        Assert.Equal((5000, address.Name), (srv.Port, srv.Target));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_left_to_who_has_it()
    {
        Task registered = _registry.RegisterAsync(_record).AsTask();
        DnsMessage probe = await _peer.HearAsync(static one => one.Authorities.Count > 0, "a probe");
        DomainName taken = probe.Questions[0].Name;
        _peer.Announce(new DnsRecord(taken, Flush, 120, new SrvData(0, 0, 1, DomainName.Parse("other.local"))));

        DnsMessage next = await _peer.HearAsync(
            one => one.Authorities.Count > 0 && !one.Questions[0].Name.Equals(taken), "a probe for another name");
        await registered;

        Assert.Equal($"{taken.FirstLabel} (2)", next.Questions[0].Name.FirstLabel);
        // Its id is what it was.
        Assert.Equal(_record, Assert.Single(await _registry.GetServiceAsync("Shop.Greeter")));
    }

    [Fact]
    public async Task Of_two_that_want_a_name_at_once_the_later_in_order_gets_it()
    {
        // At the standard's pace: the peer has to be heard before the third probe, however busy the machine is.
        MdnsRegistryOptions options = Network.Options(_network.Port);
        options.ProbeInterval = TimeSpan.FromMilliseconds(500);
        await using MdnsRegistry registry = new(options);
        Task registered = registry.RegisterAsync(_record).AsTask();
        DnsMessage probe = await _peer.HearAsync(static one => one.Authorities.Count > 0, "a probe");
        DomainName wanted = probe.Questions[0].Name;

        // Its data begin with a higher priority, so they are later: the registry gives way, and finds the name taken.
        DnsRecord later = new(wanted, Flush, 120, new SrvData(9, 0, 1, DomainName.Parse("other.local")));
        _peer.Probe(later with { Class = DnsRecord.InternetClass }, new DnsRecord(wanted, DnsRecord.InternetClass, 120, new TxtData([])));
        _peer.Announce(later);
        await registered;

        DnsMessage announced = await _peer.HearAsync(
            static one => one.Flags.IsResponse && one.Answers.Exists(static record => record.Data is SrvData { Port: 5000 }),
            "an announcement");
        Assert.EndsWith("(2)", announced.Answers[0].Name.FirstLabel);
    }

    [Fact]
    public void Records_are_compared_by_class_type_and_bytes()
    {
        DnsRecord low = new(s_type, 1, 120, new AddressData(IPAddress.Parse("169.254.99.200")));
        DnsRecord high = new(s_type, 1, 120, new AddressData(IPAddress.Parse("169.254.200.50")));

        // The example of RFC 6762, 8.2.
        Assert.True(Publishing.RecordOrder.Compare([low], [high]) < 0);
        Assert.True(Publishing.RecordOrder.Compare([high], [low]) > 0);
        Assert.Equal(0, Publishing.RecordOrder.Compare([high, low], [low, high]));
        Assert.True(Publishing.RecordOrder.Compare([low], [low, high]) < 0);
        Assert.True(Publishing.RecordOrder.Compare([low with { Data = new TxtData([]) }], [high]) > 0);
    }

    [Fact]
    public async Task What_the_asker_knows_is_not_answered()
    {
        await _registry.RegisterAsync(_record);
        DnsMessage announced = await AnnouncedTwiceAsync();
        DnsRecord pointer = announced.Answers.Single(static record => record.Name.Equals(s_type));

        _peer.Query(new DnsQuestion(s_type, DnsRecordType.Ptr));
        DnsMessage answer = await _peer.HearAsync(static one => one.Flags.IsResponse, "an answer");
        Assert.Equal(pointer, Assert.Single(answer.Answers));
        Assert.Equal([DnsRecordType.Srv, DnsRecordType.Txt, DnsRecordType.A], answer.Additionals.Select(static record => record.Type));

        // More than half of its time is left, then less.
        _peer.Query(new DnsQuestion(s_type, DnsRecordType.Ptr), pointer with { TimeToLive = 45 });
        Assert.Null(await _peer.HearOrNotAsync(static one => one.Flags.IsResponse, TimeSpan.FromMilliseconds(400)));
        _peer.Query(new DnsQuestion(s_type, DnsRecordType.Ptr), pointer with { TimeToLive = 44 });
        await _peer.HearAsync(static one => one.Flags.IsResponse, "an answer");
    }

    [Fact]
    public async Task What_a_name_has_not_is_said()
    {
        await _registry.RegisterAsync(_record);
        DomainName instance = (await AnnouncedTwiceAsync()).Answers[0].Name;

        _peer.Query(new DnsQuestion(instance, DnsRecordType.Aaaa));

        DnsMessage answer = await _peer.HearAsync(static one => one.Flags.IsResponse, "an answer");
        Assert.Equal([DnsRecordType.Txt, DnsRecordType.Srv], Assert.IsType<NsecData>(Assert.Single(answer.Answers).Data).Types.ToArray());
    }

    [Fact]
    public async Task A_resolver_without_multicast_is_answered_alone()
    {
        await _registry.RegisterAsync(_record);
        using Peer legacy = new(_network, isLegacy: true);
        DnsMessageWriter writer = new(512);
        writer.TryWrite(new DnsQuestion(s_type, DnsRecordType.Ptr));

        legacy.Send(writer.Finish(0x77, DnsFlags.RecursiveQuery).Span);

        DnsMessage answer = await legacy.HearAsync(static one => one.Flags.IsResponse, "an answer");
        Assert.Equal(0x77, answer.Id);
        Assert.Equal(s_type, Assert.Single(answer.Questions).Name);
        Assert.Equal(10u, Assert.Single(answer.Answers).TimeToLive);
    }

    [Fact]
    public async Task Known_answers_go_with_a_question()
    {
        await using MdnsRegistry other = _network.Create();
        await other.RegisterAsync(_record);
        await using WatchRecorder watch = new(_registry, "Shop.Greeter");
        await watch.UntilAsync(static one => one.Records.Length == 1, "the node");

        DnsMessage query = await _peer.HearAsync(
            static one => !one.Flags.IsResponse && one.Answers.Count > 0 && one.Authorities.Count == 0, "a question with a known answer");

        Assert.Equal(DnsRecordType.Ptr, query.Questions[0].Type);
        Assert.InRange(Assert.Single(query.Answers).TimeToLive, 46u, 90u);
    }

    [Fact]
    public async Task A_record_is_asked_for_before_it_ends_and_gone_when_it_has()
    {
        await using WatchRecorder watch = new(_registry, "words");
        await watch.FirstAsync();
        DomainName instance = s_type.Prepend("By hand");
        DnsRecord[] records = Words(instance, "words", timeToLive: 4); // A fifth of it is the time to ask and be answered in.
        _peer.Announce(records);
        await watch.UntilAsync(static one => one.Records.Length == 1, "the node");
        Assert.Equal("By hand at tcp://10.9.9.9:99", watch.Records[0].Nodes[0].ToString());

        await _peer.HearAsync(
            one => !one.Flags.IsResponse && one.Questions.Exists(question => question.Name.Equals(instance)), "a question before the end");
        _peer.Announce(records);
        await _peer.HearAsync(
            one => !one.Flags.IsResponse && one.Questions.Exists(question => question.Name.Equals(instance)),
            "another one, after it was answered");
        Assert.DoesNotContain(watch.Events, static change => change.Kind == RegistryEventKind.Delete);
        await watch.UntilAsync(static one => one.Records.Length == 0, "its end");
        watch.AssertConsistent();
    }

    [Fact]
    public async Task A_goodbye_of_others_removes_and_a_flush_replaces()
    {
        await using WatchRecorder watch = new(_registry, "words");
        await watch.FirstAsync();
        DomainName instance = s_type.Prepend("By hand");
        _peer.Announce(Words(instance, "words", timeToLive: 120));
        await watch.UntilAsync(static one => one.Records.Length == 1, "the node");

        TxtData changed = new([Encoding.ASCII.GetBytes("service=words"), Encoding.ASCII.GetBytes("weight=7")]);
        _peer.Announce(new DnsRecord(instance, Flush, 120, changed));
        await watch.UntilAsync(static one => one.Records[0].Nodes[0].Weight == 7, "the change");
        _peer.Announce([.. Words(instance, "words", timeToLive: 0)]);
        await watch.UntilAsync(static one => one.Records.Length == 0, "its end");

        Assert.Equal(
            [RegistryEventKind.Snapshot, RegistryEventKind.Create, RegistryEventKind.Update, RegistryEventKind.Delete],
            watch.Events.Select(static change => change.Kind));
    }

    [Fact]
    public async Task The_first_answer_has_nodes_that_do_not_fit_into_one_message()
    {
        ServiceNode[] nodes = [.. Enumerable.Range(1, 60).Select(static i => new ServiceNode($"node-{i}", $"tcp://10.0.0.{i}:5000"))];
        await _registry.RegisterAsync(_record with { Nodes = [.. nodes] });
        MdnsRegistryOptions patient = Network.Options(_network.Port);
        patient.QueryWindow = TimeSpan.FromSeconds(3);
        await using MdnsRegistry late = new(patient);

        ServiceRecord found = Assert.Single(await late.GetServiceAsync("Shop.Greeter"));

        Assert.Equal(nodes.Select(static node => node.Id).Order(StringComparer.Ordinal), found.Nodes.Select(static node => node.Id));
    }

    [Fact]
    public async Task Hostile_messages_do_no_harm()
    {
        await _registry.RegisterAsync(_record);
        await using MdnsRegistry other = _network.Create();
        Random random = new(6762);
        DnsMessage announced = await _peer.HearAsync(static one => one.Flags.IsResponse, "an announcement");
        DnsMessageWriter writer = new(8000);
        foreach (DnsRecord record in announced.Answers)
        {
            writer.TryWrite(DnsSection.Answer, record with { Name = DomainName.Parse("x.local") });
        }
        byte[] template = writer.Finish(0, DnsFlags.MulticastResponse).ToArray();
        for (int i = 0; i < 2_000; i++)
        {
            byte[] message = template[..random.Next(template.Length + 1)];
            for (int change = random.Next(8); change > 0 && message.Length > 0; change--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }
            _peer.Send(message);
        }

        Assert.Equal(_record, Assert.Single(await other.GetServiceAsync("Shop.Greeter")));
    }

    private static DnsRecord[] Words(DomainName instance, string service, uint timeToLive)
    {
        DomainName host = DomainName.Parse("hand.local");
        return
        [
            new DnsRecord(
                DomainName.Parse($"_{service}._sub._sourcegen-rpc._tcp.local"), 1, timeToLive, new NameData(DnsRecordType.Ptr, instance)),
            new DnsRecord(instance, Flush, timeToLive, new SrvData(0, 0, 99, host)),
            new DnsRecord(instance, Flush, timeToLive, new TxtData([Encoding.ASCII.GetBytes($"service={service}")])),
            new DnsRecord(host, Flush, timeToLive, new AddressData(IPAddress.Parse("10.9.9.9"))),
        ];
    }

    private async Task<DnsMessage> AnnouncedTwiceAsync()
    {
        await _peer.HearAsync(
            static one => one.Flags.IsResponse && one.Answers.Exists(static record => record.Type == DnsRecordType.Srv),
            "the announcement");
        DnsMessage second = await _peer.HearAsync(static one => one.Flags.IsResponse, "the second announcement");

        // What was sent to all is not sent again at once.
        await Task.Delay(150);
        return second;
    }
}
