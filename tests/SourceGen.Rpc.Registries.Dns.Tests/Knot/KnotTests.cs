using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns.Tests.Support;

namespace SourceGen.Rpc.Registries.Dns.Tests.Knot;

/// <summary>Against a real server, whose zone changes while it runs.</summary>
public sealed class KnotTests : IAsyncLifetime
{
    private KnotServer _server = null!;

    public async Task InitializeAsync() => _server = await KnotServer.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task The_records_of_a_headless_service_are_read()
    {
        await _server.UpdateAsync(
            "add _rpc._tcp.shop-greeter.shop 1 SRV 0 50 5000 10-0-0-1.shop-greeter.shop.example.",
            "add _rpc._tcp.shop-greeter.shop 1 SRV 0 50 5000 10-0-0-2.shop-greeter.shop.example.",
            "add _rpc._tcp.shop-greeter.shop 1 TXT version=1.0 group=blue",
            "add 10-0-0-1.shop-greeter.shop 1 A 10.0.0.1",
            "add 10-0-0-2.shop-greeter.shop 1 A 10.0.0.2");
        await using DnsRegistry registry = Create();

        ServiceRecord record = Assert.Single(await registry.GetServiceAsync("Shop.Greeter"));

        Assert.Equal("blue/Shop.Greeter:1.0", record.Key);
        Assert.Equal(
            [
                "10-0-0-1.shop-greeter.shop.example:5000 tcp://10.0.0.1:5000 50",
                "10-0-0-2.shop-greeter.shop.example:5000 tcp://10.0.0.2:5000 50",
            ],
            TestRegistry.NodesOf([record]));
    }

    [Fact]
    public async Task C20_An_unknown_service_is_not_found()
    {
        await _server.UpdateAsync("add _rpc._tcp.other.shop 1 TXT word");
        await using DnsRegistry registry = Create();

        // A name that is not there, and one that has no SRV records.
        foreach (string service in (string[])["unknown", "other"])
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync(service));
            Assert.Equal(RpcStatusCode.NotFound, error.Code);
            Assert.Equal(RegistryErrors.NotFound(service, registry.Address).Message, error.Message);
        }
    }

    [Fact]
    public async Task C25_C28_Every_watcher_sees_every_state_of_the_zone()
    {
        await using DnsRegistry registry = Create();
        await using IAsyncEnumerator<RegistryEvent> one = registry.WatchAsync("greeter").GetAsyncEnumerator();
        await using IAsyncEnumerator<RegistryEvent> other = registry.WatchAsync("greeter").GetAsyncEnumerator();
        Assert.Empty((await one.NextAsync()).Records);
        Assert.Empty((await other.NextAsync()).Records);

        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5000 a.example.", "add a 1 A 10.0.0.1");
        await AssertNextAsync("a.example:5000 tcp://10.0.0.1:5000 100");
        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5001 b.example.", "add b 1 A 10.0.0.2");
        await AssertNextAsync("a.example:5000 tcp://10.0.0.1:5000 100", "b.example:5001 tcp://10.0.0.2:5001 100");
        await _server.UpdateAsync("del a A", "add a 1 A 10.0.0.3");
        await AssertNextAsync("a.example:5000 tcp://10.0.0.3:5000 100", "b.example:5001 tcp://10.0.0.2:5001 100");
        await _server.UpdateAsync("del _rpc._tcp.greeter.shop SRV");
        await AssertNextAsync();

        async Task AssertNextAsync(params string[] nodes)
        {
            foreach (IAsyncEnumerator<RegistryEvent> events in (IAsyncEnumerator<RegistryEvent>[])[one, other])
            {
                RegistryEvent next = await events.NextAsync();
                Assert.Equal(RegistryEventKind.Snapshot, next.Kind);
                Assert.Equal(nodes, TestRegistry.NodesOf(next.Records));
            }
        }
    }

    [Fact]
    public async Task Many_records_come_by_tcp()
    {
        await _server.UpdateAsync(Enumerable.Range(0, 200).SelectMany(static i => new[]
        {
            $"add _rpc._tcp.many.shop 1 SRV 0 {i + 1} {5000 + i} node-{i}.many.example.",
            $"add node-{i}.many 1 A 10.0.{i / 100}.{i % 100}",
        }));
        await using DnsRegistry registry = Create();

        ServiceRecord record = Assert.Single(await registry.GetServiceAsync("many"));

        Assert.Equal(200, record.Nodes.Length);
        ServiceNode last = record.Nodes.Single(static node => node.Id == "node-199.many.example:5199");
        Assert.Equal(("tcp://10.0.1.99:5199", 200), (last.Address, last.Weight));
    }

    [Fact]
    public async Task A_dead_server_before_it_does_not_matter()
    {
        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5000 a.example.", "add a 1 A 10.0.0.1");
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using DnsRegistry registry = TestRegistry.Create(
            $"{silent.LocalEndPoint},127.0.0.1:{_server.Port}", static options => options.AttemptTimeout = TimeSpan.FromMilliseconds(300));

        Assert.Single(await registry.NodesAsync("greeter"));
    }

    [Fact]
    public async Task Addresses_alone_and_other_names_of_them_are_read()
    {
        await _server.UpdateAsync(
            "add plain.shop 1 CNAME hosts.example.", "add hosts 1 A 10.0.0.1", "add hosts 1 A 10.0.0.2", "add hosts 1 AAAA fd00::1");
        await using DnsRegistry registry = Create(static options => options.Port = 7000);

        Assert.Equal(
            ["10.0.0.1:7000 tcp://10.0.0.1:7000 100", "10.0.0.2:7000 tcp://10.0.0.2:7000 100"], await registry.NodesAsync("plain"));
    }

    [Fact]
    public async Task C27_A_killed_server_that_comes_back_is_followed_again()
    {
        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5000 a.example.", "add a 1 A 10.0.0.1", "add b 1 A 10.0.0.2");
        await using DnsRegistry registry = Create(static options =>
        {
            options.AttemptTimeout = TimeSpan.FromMilliseconds(200);
            options.Timeout = TimeSpan.FromSeconds(1);
        });
        using CancellationTokenSource end = new(TimeSpan.FromSeconds(60));
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string> snapshots = [];
        Task watching = WatchAsync();
        await first.Task.WaitAsync(end.Token);

        await _server.KillAsync();
        await failed.Task.WaitAsync(end.Token);
        await _server.RestartAsync();
        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5001 b.example.");
        long returned = Stopwatch.GetTimestamp();
        await second.Task.WaitAsync(end.Token);
        TimeSpan took = Stopwatch.GetElapsedTime(returned);

        Assert.True(took < TimeSpan.FromSeconds(2), $"{took}");
        Assert.DoesNotContain("", snapshots);
        await end.CancelAsync();
        await watching;

        // What a client's directory does: it begins again, a little later, whenever the enumeration fails.
        async Task WatchAsync()
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    await foreach (RegistryEvent next in registry.WatchAsync("greeter", end.Token))
                    {
                        string[] nodes = TestRegistry.NodesOf(next.Records);
                        snapshots.Add(string.Join(' ', nodes));
                        (nodes.Length == 1 ? first : second).TrySetResult();
                    }
                }
                catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable)
                {
                    failed.TrySetResult();
                    await Task.Delay(100, CancellationToken.None);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private DnsRegistry Create(Action<DnsRegistryOptions>? configure = null) => TestRegistry.Create($"127.0.0.1:{_server.Port}", configure);
}
