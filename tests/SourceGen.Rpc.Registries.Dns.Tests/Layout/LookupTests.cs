using System.Text;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using static SourceGen.Rpc.Registries.Dns.Tests.Support.FakeDnsServer;

namespace SourceGen.Rpc.Registries.Dns.Tests.Layout;

/// <summary>What becomes of DNS records.</summary>
public sealed class LookupTests : IAsyncLifetime
{
    private const string Name = "_rpc._tcp.greeter.shop.example";

    private readonly FakeDnsServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("Shop.Greeter", "", "_rpc._tcp.shop-greeter.default.svc.cluster.local")]
    [InlineData("greeter_2", "/cluster.test?namespace=shop", "_rpc._tcp.greeter-2.shop.cluster.test")]
    [InlineData("Shop.Greeter", "/example.?name={service}.{zone}&plain=true", "Shop.Greeter.example")]
    [InlineData("greeter", "?name=_grpc._tcp.{service}.consul", "_grpc._tcp.greeter.consul")]
    public async Task Names_follow_the_template(string service, string address, string expected)
    {
        await using DnsRegistry registry = new(DnsRegistryOptions.FromAddress(RpcAddress.Parse($"dns://{_server.EndPoint}{address}")));
        _server.OnUdp = static (query, _) => [Answer(query, [], 3)];

        await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync(service));

        Assert.Equal(expected, Assert.Single(_server.Asked).Message.Questions[0].Name.ToString());
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public async Task A_service_whose_name_makes_no_domain_name_is_an_error(string service)
    {
        await using DnsRegistry registry = TestRegistry.Create(
            $"{_server.EndPoint}", static options => options.UsesPlainServiceNames = true);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync(service));

        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains(service, error.Message);
    }

    [Fact]
    public async Task Only_the_lowest_priority_is_given_unless_all_are_asked_for()
    {
        _server.Answers(
            Srv(Name, "a.example", 5000, priority: 10, weight: 60),
            Srv(Name, "b.example", 5000, priority: 10, weight: 40),
            Srv(Name, "spare.example", 5000, priority: 20),
            Address("a.example", "10.0.0.1"),
            Address("b.example", "10.0.0.2"),
            Address("spare.example", "10.0.0.3"));
        await using DnsRegistry lowest = TestRegistry.Create($"{_server.EndPoint}");
        await using DnsRegistry all = TestRegistry.Create($"{_server.EndPoint}", static options => options.IncludesAllPriorities = true);

        Assert.Equal(
            ["a.example:5000 tcp://10.0.0.1:5000 60", "b.example:5000 tcp://10.0.0.2:5000 40"], await lowest.NodesAsync("greeter"));
        ServiceNode[] nodes = [.. (await all.GetServiceAsync("greeter"))[0].Nodes];
        Assert.Equal(
            ["priority=10, weight=60", "priority=10, weight=40", "priority=20"], nodes.Select(static node => node.Metadata.ToString()));
    }

    [Fact]
    public async Task A_weight_of_zero_beside_others_is_the_smallest_and_alone_is_none()
    {
        DnsRecord[] addresses = [Address("a.example", "10.0.0.1"), Address("b.example", "10.0.0.2")];
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}");

        _server.Answers([Srv(Name, "a.example", 1, weight: 0), Srv(Name, "b.example", 1, weight: 65_535), .. addresses]);
        Assert.Equal(["a.example:1 tcp://10.0.0.1:1 1", "b.example:1 tcp://10.0.0.2:1 65535"], await registry.NodesAsync("greeter"));

        _server.Answers([Srv(Name, "a.example", 1, weight: 0), Srv(Name, "b.example", 1, weight: 0), .. addresses]);
        Assert.Equal(["a.example:1 tcp://10.0.0.1:1 100", "b.example:1 tcp://10.0.0.2:1 100"], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task Addresses_that_the_server_did_not_add_are_asked_for()
    {
        DnsRecord[] records =
        [
            Srv(Name, "a.example", 5000),
            Address("a.example", "10.0.0.1"),
            Srv(Name, "b.example", 5000),
            Address("b.example", "fd00::1"),
        ];
        _server.OnUdp = (query, _) => [Answer(query, [.. records.Where(query.Questions[0].IsAnsweredBy)])];
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}");

        Assert.Equal(
            ["a.example:5000 tcp://10.0.0.1:5000 100", "b.example:5000 tcp://[fd00::1]:5000 100"], await registry.NodesAsync("greeter"));
    }

    [Theory]
    [InlineData(DnsAddressFamily.Any, "a.example:5000 tcp://10.0.0.1:5000 100")]
    [InlineData(DnsAddressFamily.IPv4, "a.example:5000 tcp://10.0.0.1:5000 100")]
    [InlineData(DnsAddressFamily.IPv6, "a.example:5000 tcp://[fd00::1]:5000 100")]
    public async Task A_host_with_addresses_of_both_families_is_one_node(DnsAddressFamily family, string expected)
    {
        _server.Answers(Srv(Name, "a.example", 5000), Address("a.example", "fd00::1"), Address("a.example", "10.0.0.1"));
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}", options => options.AddressFamily = family);

        Assert.Equal([expected], await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_target_with_several_addresses_is_several_nodes()
    {
        _server.Answers(Srv(Name, "A.example", 5000), Address("a.example", "10.0.0.2"), Address("a.example", "10.0.0.1"));
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}");

        Assert.Equal(
            ["a.example:5000/10.0.0.1 tcp://10.0.0.1:5000 100", "a.example:5000/10.0.0.2 tcp://10.0.0.2:5000 100"],
            await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_target_without_an_address_is_left_out_and_logged_once()
    {
        _server.Answers(Srv(Name, "a.example", 5000), Srv(Name, "nowhere.example", 5000), Address("a.example", "10.0.0.1"));
        using LogRecorder log = new(LogLevel.Warning);
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(RpcAddress.Parse($"dns://{_server.EndPoint}/example?namespace=shop"));
        await using DnsRegistry registry = new(options, log);

        Assert.Equal(["a.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));
        await registry.NodesAsync("greeter");

        Assert.Equal(
            "The SRV record of _rpc._tcp.greeter.shop.example names nowhere.example, which has no address that could be used; "
            + "it is left out",
            Assert.Single(log.Lines));
    }

    [Fact]
    public async Task A_target_that_is_the_root_says_that_there_is_no_such_service()
    {
        _server.Answers(Srv(Name, ".", 0));
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}", static options => options.Port = 5000);

        Assert.Equal(
            RpcStatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"))).Code);
    }

    [Fact]
    public async Task Without_SRV_records_the_addresses_count_when_there_is_a_port()
    {
        _server.Answers(Address("greeter.shop.example", "10.0.0.2"), Address("greeter.shop.example", "10.0.0.1"));
        await using DnsRegistry with = TestRegistry.Create($"{_server.EndPoint}", static options => options.Port = 7000);
        await using DnsRegistry without = TestRegistry.Create($"{_server.EndPoint}");

        Assert.Equal(["10.0.0.1:7000 tcp://10.0.0.1:7000 100", "10.0.0.2:7000 tcp://10.0.0.2:7000 100"], await with.NodesAsync("greeter"));
        await Assert.ThrowsAsync<RpcException>(async () => await without.GetServiceAsync("greeter"));
    }

    [Fact]
    public async Task Texts_of_the_same_name_say_version_and_metadata()
    {
        _server.Answers(
            Srv(Name, "a.example", 5000),
            Address("a.example", "10.0.0.1"),
            Record(Name, new TxtData(
            [
                Encoding.UTF8.GetBytes("Version=1.2"), Encoding.UTF8.GetBytes("group=blue"), Encoding.UTF8.GetBytes("version=later"),
                Encoding.UTF8.GetBytes("zone=a=b"), Encoding.UTF8.GetBytes("=nameless"), Encoding.UTF8.GetBytes("word"),
                new byte[] { 0xFF },
            ])));
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}");
        await using DnsRegistry plain = TestRegistry.Create($"{_server.EndPoint}", static options => options.ReadsText = false);

        ServiceRecord record = Assert.Single(await registry.GetServiceAsync("greeter"));
        Assert.Equal("blue/greeter:1.2", record.Key);
        Assert.Equal("group=blue, zone=a=b", record.Metadata.ToString());
        Assert.Equal("greeter", Assert.Single(await plain.GetServiceAsync("greeter")).Key);
    }

    [Fact]
    public async Task Other_names_of_a_name_are_followed()
    {
        _server.OnUdp = static (query, _) => [Answer(query, query.Questions[0].Name.FirstLabel switch
        {
            "_rpc" => [Alias(Name, "elsewhere.example")],
            "elsewhere" => [Srv("elsewhere.example", "a.example", 5000)],
            // A whole chain in one answer.
            "a" => [Alias("a.example", "b.example"), Alias("b.example", "c.example"), .. ResultOf(query, Address("c.example", "10.0.0.1"))],
            _ => [],
        })];
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}");

        Assert.Equal(["a.example:5000 tcp://10.0.0.1:5000 100"], await registry.NodesAsync("greeter"));

        static DnsRecord[] ResultOf(DnsMessage query, DnsRecord record) => query.Questions[0].Type == record.Type ? [record] : [];
    }

    [Fact]
    public async Task Names_that_lead_to_each_other_end()
    {
        _server.OnUdp = static (query, _) =>
            [Answer(query, [Alias(Name, "b.example"), Alias("b.example", "c.example"), Alias("c.example", Name)])];
        await using DnsRegistry registry = TestRegistry.Create($"{_server.EndPoint}");

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("CNAME", error.Message);
    }

    [Fact]
    public async Task What_DNS_cannot_do_is_said()
    {
        await using DnsRegistry registry = TestRegistry.Create("127.0.0.1");
        ServiceRecord record = new("greeter") { Nodes = [new ServiceNode("a", "tcp://10.0.0.1:5000")] };

        Assert.False(registry.CanRegister);
        await AssertUnimplemented(async () => await registry.RegisterAsync(record));
        await AssertUnimplemented(async () => await registry.DeregisterAsync(record));
        await AssertUnimplemented(async () => await registry.ListServicesAsync());
        await AssertUnimplemented(async () => await registry.WatchAsync(null).GetAsyncEnumerator().MoveNextAsync());

        async Task AssertUnimplemented(Func<Task> action)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(action);
            Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
            Assert.StartsWith("dns://127.0.0.1/example cannot", error.Message);
        }
    }

    private static DnsRecord Alias(string name, string target) => Record(name, new NameData(DnsRecordType.Cname, DomainName.Parse(target)));
}
