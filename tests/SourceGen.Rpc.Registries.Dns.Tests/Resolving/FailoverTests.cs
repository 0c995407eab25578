using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;
using static SourceGen.Rpc.Registries.Dns.Tests.Support.FakeDnsServer;

namespace SourceGen.Rpc.Registries.Dns.Tests.Resolving;

public sealed class FailoverTests
{
    private const string Name = "_rpc._tcp.greeter.shop.example";

    private static readonly DnsRecord[] s_records = [Srv(Name, "a.example", 5000), Address("a.example", "10.0.0.1")];

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task A_server_that_fails_is_followed_by_the_next(int code)
    {
        await using FakeDnsServer bad = new();
        bad.OnUdp = (query, _) => [Answer(query, [], code)];
        await using FakeDnsServer good = new FakeDnsServer().Answers(s_records);
        await using DnsRegistry registry = TestRegistry.Create($"{bad.EndPoint},{good.EndPoint}");

        Assert.Single(await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task A_silent_server_is_followed_by_the_next_which_is_asked_first_from_then_on()
    {
        await using FakeDnsServer silent = new();
        await using FakeDnsServer good = new FakeDnsServer().Answers(s_records);
        await using DnsRegistry registry = TestRegistry.Create($"{silent.EndPoint},{good.EndPoint}", static options =>
            options.AttemptTimeout = TimeSpan.FromMilliseconds(200));

        await registry.NodesAsync("greeter");
        await registry.NodesAsync("greeter");

        Assert.Single(silent.Asked);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_followed_by_the_next_server()
    {
        using Socket reserved = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint dead = reserved.LocalEndPoint!;
        reserved.Dispose();
        await using FakeDnsServer good = new FakeDnsServer().Answers(s_records);
        await using DnsRegistry registry = TestRegistry.Create($"{dead},{good.EndPoint}", static options =>
            options.AttemptTimeout = TimeSpan.FromSeconds(4));

        Assert.Single(await registry.NodesAsync("greeter"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_server_from_before_EDNS_is_asked_without(int code)
    {
        await using FakeDnsServer old = new();
        old.OnUdp = (query, _) =>
            query.Additionals.Count > 0
                // Some of them do not even repeat the question.
                ? [code == 1 ? new DnsMessageWriter(512).Finish(query.Id, new DnsFlags(0x8181)).ToArray() : Answer(query, [], code)]
                : [Answer(query, s_records)];
        await using DnsRegistry registry = TestRegistry.Create($"{old.EndPoint}");

        Assert.Single(await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task When_no_server_knows_the_error_names_each()
    {
        await using FakeDnsServer failing = new();
        failing.OnUdp = static (query, _) => [Answer(query, [], 2)];
        await using FakeDnsServer silent = new();
        await using DnsRegistry registry = TestRegistry.Create($"{failing.EndPoint},{silent.EndPoint}", static options =>
            options.AttemptTimeout = TimeSpan.FromMilliseconds(100));

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"{failing.EndPoint}: it answered ServerFailure", error.Message);
        Assert.Contains($"{silent.EndPoint}: no answer within 0.1 s", error.Message);
        Assert.Contains(registry.Address, error.Message);
        Assert.Equal(2, failing.Asked.Count);
        await using var events = registry.WatchAsync("greeter").GetAsyncEnumerator();
        Assert.Equal(RpcStatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await events.MoveNextAsync())).Code);
    }

    [Fact]
    public async Task A_look_up_ends_with_its_time()
    {
        await using FakeDnsServer silent = new();
        await using DnsRegistry registry = TestRegistry.Create($"{silent.EndPoint}", static options =>
        {
            options.Timeout = TimeSpan.FromMilliseconds(100);
            options.AttemptTimeout = TimeSpan.FromMinutes(1);
        });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("within 0.1 s", error.Message);
    }

    [Fact]
    public async Task Who_gives_up_is_told_so()
    {
        await using FakeDnsServer silent = new();
        using CancellationTokenSource gone = new();
        silent.OnUdp = (_, _) =>
        {
            gone.Cancel();
            return [];
        };
        await using DnsRegistry registry = TestRegistry.Create($"{silent.EndPoint}", static options =>
            options.Timeout = options.AttemptTimeout = TimeSpan.FromMinutes(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await registry.GetServiceAsync("greeter", gone.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await registry.GetServiceAsync("greeter", gone.Token));
        Assert.Single(silent.Asked);
    }

    [Fact]
    public async Task The_servers_of_a_machine_are_read_from_its_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                file,
                "# a comment\nsearch example\nnameserver\t10.0.0.10 # first\n nameserver fe80::1%2\n"
                + "nameserver nonsense\noptions ndots:5\n");
            Assert.Equal(
                ["10.0.0.10:53", "[fe80::1%2]:53"], Dns.Resolving.ResolverFile.ReadServers(file, 53).Select(static one => one.ToString()));
            File.WriteAllText(file, "");
            Assert.Equal(["127.0.0.1:53"], Dns.Resolving.ResolverFile.ReadServers(file, 53).Select(static one => one.ToString()));
            Assert.Equal(["127.0.0.1:53"], Dns.Resolving.ResolverFile.ReadServers(file + ".not", 53).Select(static one => one.ToString()));
        }
        finally
        {
            File.Delete(file);
        }

        await using DnsRegistry registry = new(new DnsRegistryOptions { ResolverFile = Path.GetTempPath() });
        Assert.Equal("dns:///svc.cluster.local", registry.Address);
    }
}
