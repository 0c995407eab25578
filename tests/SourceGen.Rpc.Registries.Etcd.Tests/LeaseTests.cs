using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>What etcd clients usually get wrong: a lease, or a key, that is gone while its owner believes that it is there.</summary>
public sealed class LeaseTests(SharedEtcd fixture) : IClassFixture<SharedEtcd>
{
    private static readonly RegisterOptions s_minute = new() { TimeToLive = TimeSpan.FromMinutes(1) };

    private EtcdServer Server => fixture.Server;

    [Fact]
    public async Task A_key_hangs_on_a_lease_and_registering_again_writes_nothing()
    {
        await using EtcdRegistry registry = Create();
        await registry.RegisterAsync(Records.Of("Steady", "a"), s_minute);
        (string value, long lease, long revision) = (await Server.GetAsync(Records.KeyOf("Steady", "a")))!.Value;
        await registry.RegisterAsync(Records.Of("Steady", "a"), s_minute);

        Assert.NotEqual(0, lease);
        Assert.Equal((value, lease, revision), await Server.GetAsync(Records.KeyOf("Steady", "a")));
    }

    [Fact]
    public async Task A_lease_that_was_lost_is_made_again()
    {
        await using EtcdRegistry registry = Create();
        await registry.RegisterAsync(Records.Of("Lost", "a", "b"), s_minute);
        long lease = (await Server.GetAsync(Records.KeyOf("Lost", "a")))!.Value.Lease;
        await Server.RevokeAsync(lease);
        Assert.Null(await Server.GetAsync(Records.KeyOf("Lost", "a")));

        await registry.RegisterAsync(Records.Of("Lost", "a", "b"), s_minute);

        Assert.NotEqual(lease, (await Server.GetAsync(Records.KeyOf("Lost", "a")))!.Value.Lease);
        Assert.NotNull(await Server.GetAsync(Records.KeyOf("Lost", "b")));
    }

    [Fact]
    public async Task A_lease_that_ended_while_the_server_was_away_is_made_again()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { server.Endpoint } });
        ServiceRecord record = Records.Of("Outage", "a");
        await registry.RegisterAsync(record, s_minute);
        long lease = (await server.GetAsync(Records.KeyOf("Outage", "a")))!.Value.Lease;
        await server.Process.KillAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(record, s_minute).AsTask());
        await server.Process.RestartAsync();
        await server.RevokeAsync(lease);

        await registry.RegisterAsync(record, s_minute);

        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(server.Endpoint, error.Message, StringComparison.Ordinal);
        Assert.Equal("tcp://10.0.0.1:5000/a", (await registry.GetServiceAsync("Outage"))[0].Nodes[0].Address);
    }

    [Fact]
    public async Task A_key_that_was_removed_while_its_lease_lives_is_put_again()
    {
        await using EtcdRegistry registry = Create();
        await registry.RegisterAsync(Records.Of("Removed", "a", "b"), s_minute);
        (string, long Lease, long) before = (await Server.GetAsync(Records.KeyOf("Removed", "a")))!.Value;
        await Server.DeleteAsync(Records.KeyOf("Removed", "a"));

        await registry.RegisterAsync(Records.Of("Removed", "a", "b"), s_minute);

        Assert.Equal(before.Lease, (await Server.GetAsync(Records.KeyOf("Removed", "a")))!.Value.Lease);
    }

    [Fact]
    public async Task A_key_that_hangs_on_another_lease_is_taken_back()
    {
        await using EtcdRegistry registry = Create();
        await registry.RegisterAsync(Records.Of("Stolen", "a"), s_minute);
        (string Value, long Lease, long) before = (await Server.GetAsync(Records.KeyOf("Stolen", "a")))!.Value;
        long other = await Server.GrantAsync(60);
        await Server.PutAsync(Records.KeyOf("Stolen", "a"), before.Value, other);

        await registry.RegisterAsync(Records.Of("Stolen", "a"), s_minute);
        await Server.RevokeAsync(other);

        Assert.Equal(before.Lease, (await Server.GetAsync(Records.KeyOf("Stolen", "a")))!.Value.Lease);
    }

    [Fact]
    public async Task An_old_registration_does_not_remove_a_newer_one_of_the_same_node()
    {
        await using EtcdRegistry old = Create();
        await using EtcdRegistry now = Create();
        await old.RegisterAsync(Records.Of("Successor", "a", "b"), s_minute);
        await now.RegisterAsync(Records.Of("Successor", "a"), s_minute);

        await old.DeregisterAsync(Records.Of("Successor", "a", "b"));

        ServiceRecord left = Assert.Single(await now.GetServiceAsync("Successor"));
        Assert.Equal("a", Assert.Single(left.Nodes).Id);
    }

    [Fact]
    public async Task What_another_run_of_the_program_registered_is_deregistered_when_it_says_the_same()
    {
        await using EtcdRegistry crashed = Create();
        await using EtcdRegistry restarted = Create();
        await crashed.RegisterAsync(Records.Of("Again", "a"), s_minute);
        ServiceRecord changed = Records.Of("Again", "a");
        changed = changed with { Nodes = [changed.Nodes[0] with { Address = "tcp://10.0.0.2:5000" }] };

        await restarted.DeregisterAsync(changed);
        Assert.NotNull(await Server.GetAsync(Records.KeyOf("Again", "a")));
        await restarted.DeregisterAsync(Records.Of("Again", "a"));
        Assert.Null(await Server.GetAsync(Records.KeyOf("Again", "a")));
    }

    [Fact]
    public async Task A_node_that_is_no_longer_registered_ends_although_others_of_its_record_go_on()
    {
        await using EtcdRegistry registry = Create();
        RegisterOptions shortest = new() { TimeToLive = TimeSpan.FromSeconds(2) };
        await registry.RegisterAsync(Records.Of("Fewer", "a", "b"), shortest);
        await using RegistrationLoop loop = new(registry, Records.Of("Fewer", "a"), shortest, TimeSpan.FromMilliseconds(200));
        await using WatchRecorder watch = new(registry, "Fewer");

        await watch.UntilAsync([Records.Of("Fewer", "a")]);
    }

    [Fact]
    public async Task Deregistering_ends_the_lease_and_leaves_others()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { server.Endpoint } });
        await registry.RegisterAsync(Records.Of("One", "a", "b"), s_minute);
        await registry.RegisterAsync(Records.Of("Two", "a"), s_minute);
        Assert.Equal(2, await server.CountLeasesAsync());

        await registry.DeregisterAsync(Records.Of("One", "a"));
        Assert.Equal(2, await server.CountLeasesAsync());
        await registry.DeregisterAsync(Records.Of("One", "b"));

        Assert.Equal(1, await server.CountLeasesAsync());
        Assert.Equal(["Two"], (await registry.ListServicesAsync()).ToArray());
    }

    [Fact]
    public async Task A_persistent_node_has_no_lease_and_takes_over_a_leased_one()
    {
        await using EtcdRegistry registry = Create();
        await registry.RegisterAsync(Records.Of("Kept", "a"), s_minute);
        await registry.RegisterAsync(Records.Of("Kept", "a"), new RegisterOptions { IsPersistent = true });
        (string, long Lease, long Revision) first = (await Server.GetAsync(Records.KeyOf("Kept", "a")))!.Value;
        await registry.RegisterAsync(Records.Of("Kept", "a"), new RegisterOptions { IsPersistent = true });

        Assert.Equal(0, first.Lease);
        Assert.Equal(first.Revision, (await Server.GetAsync(Records.KeyOf("Kept", "a")))!.Value.Revision);
    }

    [Fact]
    public async Task A_record_of_more_nodes_than_a_transaction_takes_is_registered_and_deregistered()
    {
        await using EtcdRegistry registry = Create();
        ServiceRecord record = Records.Of("Many", Enumerable.Range(0, 200).Select(static i => $"n{i:000}"));
        await registry.RegisterAsync(record, s_minute);
        await registry.RegisterAsync(record, s_minute);

        Assert.Equal(200, (await registry.GetServiceAsync("Many"))[0].Nodes.Length);
        await registry.DeregisterAsync(record);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Many").AsTask());
        Assert.Equal(RpcStatusCode.NotFound, error.Code);
    }

    [Fact]
    public async Task Concurrent_registrations_of_one_record_share_its_lease()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { server.Endpoint } });

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => registry.RegisterAsync(Records.Of("Same", "a"), s_minute).AsTask()));

        Assert.Equal(1, await server.CountLeasesAsync());
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_invalid()
    {
        await using EtcdRegistry registry = Create();
        ServiceRecord record = Records.Of("Large", "a") with { Metadata = ServiceMetadata.Empty.With("text", new string('x', 2_000_000)) };

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(record, s_minute).AsTask());

        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("Large:1.0 cannot be registered: with the node a it has 2,000,", error.Message, StringComparison.Ordinal);
    }

    private EtcdRegistry Create() => new(new EtcdRegistryOptions { Endpoints = { Server.Endpoint } });
}
