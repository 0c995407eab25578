using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using SourceGen.Rpc.Registries.DnsMessages;
using static SourceGen.Rpc.Registries.Dns.Tests.Support.FakeDnsServer;

namespace SourceGen.Rpc.Registries.Dns.Tests.Resolving;

/// <summary>When services that are followed are asked for again, by a clock that the tests move.</summary>
public sealed class RefreshTests
{
    private const string Name = "_rpc._tcp.greeter.shop.example";

    [Theory]
    [InlineData(20, 10, 10)]
    [InlineData(7, 300, 7)]
    [InlineData(0, 0, 1)]
    [InlineData(86_400, 86_400, 30)]
    public async Task A_service_is_asked_for_again_when_the_shortest_time_ends(uint srv, uint address, int expected)
    {
        await using FakeDnsServer server = new FakeDnsServer().Answers(
            Srv(Name, "a.example", 5000, timeToLive: srv), Address("a.example", "10.0.0.1", address));
        ManualTime time = new();
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}", options => options.TimeProvider = time);
        using CancellationTokenSource end = new();
        await using IAsyncEnumerator<RegistryEvent> events = registry.WatchAsync("greeter", end.Token).GetAsyncEnumerator();
        await events.NextAsync();
        ValueTask<bool> next = events.MoveNextAsync();

        Assert.Equal(TimeSpan.FromSeconds(expected), await time.NextWaitAsync());

        // The same answer makes no event; the next wait is as long.
        server.Asked.Clear();
        time.Advance(TimeSpan.FromSeconds(expected));
        Assert.Equal(TimeSpan.FromSeconds(expected), await time.NextWaitAsync());
        Assert.Contains(server.Asked, static one => one.Message.Questions[0].Type == DnsRecordType.Srv);
        Assert.False(next.IsCompleted);

        // Another one does.
        server.Answers(Srv(Name, "b.example", 5001), Address("b.example", "10.0.0.2"));
        time.Advance(TimeSpan.FromSeconds(expected));
        Assert.True(await next);
        Assert.Equal(RegistryEventKind.Snapshot, events.Current.Kind);
        Assert.Equal(["b.example:5001 tcp://10.0.0.2:5001 100"], TestRegistry.NodesOf(events.Current.Records));

        next = events.MoveNextAsync();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Theory]
    [InlineData(10, 300, 10)]
    [InlineData(300, 8, 8)]
    [InlineData(3600, 3600, 30)]
    [InlineData(0, 0, 1)]
    public async Task That_there_is_nothing_is_remembered_for_the_zones_time(uint soa, uint minimum, int expected)
    {
        await using FakeDnsServer server = new();
        server.OnUdp = (query, _) => [Answer(query, [], 3, Soa(soa, minimum))];
        ManualTime time = new();
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}", options => options.TimeProvider = time);

        Assert.Equal(
            RpcStatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"))).Code);
        await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));
        Assert.Single(server.Asked);

        await using IAsyncEnumerator<RegistryEvent> events = registry.WatchAsync("greeter").GetAsyncEnumerator();
        RegistryEvent first = await events.NextAsync();
        Assert.Equal(RegistryEventKind.Snapshot, first.Kind);
        Assert.Empty(first.Records);
        ValueTask<bool> next = events.MoveNextAsync();
        Assert.Equal(TimeSpan.FromSeconds(expected), await time.NextWaitAsync());
        Assert.Single(server.Asked);

        server.Answers(Srv(Name, "a.example", 5000), Address("a.example", "10.0.0.1"));
        time.Advance(TimeSpan.FromSeconds(expected));
        Assert.True(await next);
        Assert.Single(events.Current.Records);
    }

    [Fact]
    public async Task A_service_that_vanishes_is_an_empty_snapshot()
    {
        await using FakeDnsServer server = new FakeDnsServer().Answers(Srv(Name, "a.example", 5000), Address("a.example", "10.0.0.1"));
        ManualTime time = new();
        await using DnsRegistry registry = TestRegistry.Create($"{server.EndPoint}", options => options.TimeProvider = time);
        await using IAsyncEnumerator<RegistryEvent> events = registry.WatchAsync("greeter").GetAsyncEnumerator();
        Assert.Single((await events.NextAsync()).Records);

        server.OnUdp = (query, _) => [Answer(query, [], 3)];
        ValueTask<bool> next = events.MoveNextAsync();
        time.Advance(await time.NextWaitAsync());

        Assert.True(await next);
        Assert.Empty(events.Current.Records);
    }
}
