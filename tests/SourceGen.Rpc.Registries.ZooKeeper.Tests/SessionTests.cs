using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Sessions: who owns what is registered, what goes with them, and what outlives a connection.</summary>
public sealed class SessionTests(ZooKeeperFixture fixture) : IClassFixture<ZooKeeperFixture>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_node_of_a_process_that_crashed_is_taken_over_and_outlives_its_session()
    {
        string name = fixture.NewName("takeover");
        ServiceRecord record = Record(name, "n1");
        ZooKeeperRegistry crashed = fixture.Open();
        await crashed.RegisterAsync(record);
        long old = crashed.Session.SessionId;
        byte[] password = crashed.Session.Password;
        await crashed.AbandonAsync();

        await using ZooKeeperRegistry registry = fixture.Open();
        await using WatchRecorder watch = new(registry, name);
        await watch.UntilAsync([record]);
        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        string path = $"/sourcegen-rpc/services/{name}/1.0::n1";
        Assert.Equal(old, (await raw.GetAsync(path)).Stat.EphemeralOwner);
        await registry.RegisterAsync(record);
        Assert.Equal(registry.Session.SessionId, (await raw.GetAsync(path)).Stat.EphemeralOwner);

        // The old session ends, and the node does not.
        await using (RawClient other = await RawClient.ConnectAsync(fixture.Server.Port, old, password)) await other.CloseSessionAsync();
        Assert.Equal(registry.Session.SessionId, (await raw.GetAsync(path)).Stat.EphemeralOwner);
        await registry.RegisterAsync(Record(name, "n2"));
        await watch.UntilAsync(ServiceRecord.Merge([record, Record(name, "n2")]));
        Assert.DoesNotContain(watch.Events, static change => change.Kind == RegistryEventKind.Delete);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task What_a_killed_process_registered_goes_with_its_session()
    {
        string name = fixture.NewName("killed");
        ZooKeeperRegistry killed = fixture.Open();
        await using ZooKeeperRegistry reader = fixture.Open();
        ServiceRecord record = Record(name, "n1");
        await killed.RegisterAsync(record, new RegisterOptions { TimeToLive = TimeSpan.FromSeconds(1) });
        Assert.Equal(TimeSpan.FromSeconds(1), killed.Session.Timeout);
        await using WatchRecorder watch = new(reader, name);
        await watch.UntilAsync([record]);
        await killed.AbandonAsync();
        await watch.UntilAsync([]);
        Assert.Equal(RegistryEventKind.Delete, watch.Events[^1].Kind);
    }

    [Fact]
    public async Task What_a_registry_registered_is_gone_when_it_has_been_disposed_of()
    {
        string name = fixture.NewName("closed");
        await using ZooKeeperRegistry reader = fixture.Open();
        await using (ZooKeeperRegistry registry = fixture.Open())
        {
            await registry.RegisterAsync(Record(name, "n1"));
            await reader.GetServiceAsync(name);
        }

        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        Assert.Empty(await raw.ListAsync($"/sourcegen-rpc/services/{name}"));
    }

    [Fact]
    public async Task After_its_session_has_expired_a_registry_has_a_new_one_and_registers_again()
    {
        string name = fixture.NewName("expired");
        await using ZooKeeperRegistry registry = fixture.Open();
        await using ZooKeeperRegistry reader = fixture.Open();
        ServiceRecord record = Record(name, "n1");
        await registry.RegisterAsync(record);
        await using WatchRecorder own = new(registry, name);
        await using WatchRecorder others = new(reader, name);
        await own.UntilAsync([record]);
        await others.UntilAsync([record]);
        long session = registry.Session.SessionId;

        await fixture.ExpireAsync(registry);
        await others.UntilAsync([]);
        await own.UntilAsync([]);
        await registry.RegisterAsync(record);
        await others.UntilAsync([record]);
        await own.UntilAsync([record]);
        Assert.NotEqual(session, registry.Session.SessionId);
        // A watch of the session that was lost says all that there is, and need not be started again.
        Assert.Contains(own.Events.Skip(1), static change => change.Kind == RegistryEventKind.Snapshot);
        Assert.Empty(own.Failures);
        Assert.Empty(others.Failures);
        own.AssertConsistent();
        others.AssertConsistent();
    }

    [Fact]
    public async Task After_an_outage_longer_than_its_session_a_registry_takes_its_own_nodes_over()
    {
        string name = fixture.NewName("outage");
        await using ZooKeeperRegistry registry = fixture.Open();
        await using ZooKeeperRegistry reader = fixture.Open();
        RegisterOptions brief = new() { TimeToLive = TimeSpan.FromSeconds(1) };
        ServiceRecord record = Record(name, "n1");
        await registry.RegisterAsync(record, brief);
        long old = registry.Session.SessionId;
        await fixture.KillServerAsync();
        await WaitUntilAsync(() => registry.Session.SessionId == 0, "the session to be given up");
        await fixture.RestartServerAsync();

        await using RegistrationLoop loop = new(registry, record, brief, TimeSpan.FromMilliseconds(50));
        await WaitUntilAsync(() => loop.Successes > 0, "the registration");
        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        long owner = (await raw.GetAsync($"/sourcegen-rpc/services/{name}/1.0::n1")).Stat.EphemeralOwner;
        Assert.Equal(registry.Session.SessionId, owner);
        Assert.NotEqual(old, owner);
        RecordText.AssertEqual([record], await reader.GetServiceAsync(name));
    }

    [Fact]
    public async Task A_server_that_has_lost_everything_is_used_again_when_the_session_must_have_ended()
    {
        await using ZooKeeperServer server = await ZooKeeperServer.StartAsync();
        await using ZooKeeperRegistry registry = ZooKeeperFixture.Open($"zookeeper://{server.Address}");
        ServiceRecord record = Record("s", "n1");
        RegisterOptions brief = new() { TimeToLive = TimeSpan.FromSeconds(1) };
        for (int i = 0; i < 10; i++) await registry.RegisterAsync(Record("s", $"old{i}"));
        await using WatchRecorder watch = new(registry, "s", s_patience, resumes: true);
        await watch.UntilAsync(static recorder => recorder.Records is [{ Nodes.Length: 10 }], "ten nodes");
        await using RegistrationLoop loop = new(registry, record, brief, TimeSpan.FromMilliseconds(50));
        await watch.UntilAsync(static recorder => recorder.Records is [{ Nodes.Length: 11 }], "eleven nodes");
        // It does not accept those who have seen more than it has.
        await server.WipeAsync();
        await watch.UntilAsync([record]);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task A_session_goes_on_over_another_connection_and_its_watches_miss_nothing()
    {
        string name = fixture.NewName("cut");
        string later = fixture.NewName("cutlater");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using ZooKeeperRegistry behind = ZooKeeperFixture.Open($"zookeeper://127.0.0.1:{proxy.Port}?timeout=20");
        await using ZooKeeperRegistry direct = fixture.Open();
        ServiceRecord[] records = [Record(name, "n1"), Record(name, "n2"), Record(name, "n3")];
        await behind.RegisterAsync(records[0]);
        await direct.RegisterAsync(records[1]);
        await using WatchRecorder watch = new(behind, name);
        await using WatchRecorder missing = new(behind, later);
        await watch.UntilAsync(ServiceRecord.Merge(records[..2]));
        Assert.Empty((await missing.FirstAsync()).Records);
        long session = behind.Session.SessionId;

        // One comes, one goes, one changes and a service appears while the client is cut off.
        proxy.Cut(blocks: true);
        await direct.RegisterAsync(records[2]);
        await direct.DeregisterAsync(records[1]);
        await direct.RegisterAsync(Record(later, "n1"));
        await using (RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port))
        {
            ServiceRecord changed = Record(name, "n1") with { Nodes = [new ServiceNode("n1", "tcp://10.9.9.9:1")] };
            await raw.SetDataAsync($"/sourcegen-rpc/services/{name}/1.0::n1", ServiceRecordJson.Write(changed));
            proxy.Unblock();
            await watch.UntilAsync(ServiceRecord.Merge([changed, records[2]]));
        }

        await missing.UntilAsync([Record(later, "n1")]);
        Assert.Equal(session, behind.Session.SessionId);
        Assert.Single(watch.Events, static change => change.Kind == RegistryEventKind.Snapshot);
        Assert.Single(missing.Events, static change => change.Kind == RegistryEventKind.Snapshot);
        Assert.Equal(2, proxy.Accepted);
        // What was changed by somebody else is put right by registering again.
        await behind.RegisterAsync(records[0]);
        await watch.UntilAsync(ServiceRecord.Merge([records[0], records[2]]));
        watch.AssertConsistent();
    }

    [Fact]
    public async Task Operations_go_on_over_connections_that_are_cut_again_and_again()
    {
        string name = fixture.NewName("storm");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using ZooKeeperRegistry behind = ZooKeeperFixture.Open($"zookeeper://127.0.0.1:{proxy.Port}?timeout=20");
        // The least that a connection gets is the answer about the session, and the most more than any of these operations needs.
        proxy.CutInPlaceOfAnswers(static number => 1 + (number % 8));
        // Persistent, so that removing what was removed already would be an error.
        RegisterOptions persistent = new() { IsPersistent = true };
        for (int i = 0; i < 6; i++)
        {
            ServiceRecord record = Record(name, $"n{i}");
            await behind.RegisterAsync(record, persistent);
            Assert.Contains((await behind.GetServiceAsync(name)).Single().Nodes, node => node.Id == $"n{i}");
            await behind.DeregisterAsync(record, persistent);
        }

        proxy.PassAnswers();
        Assert.True(proxy.Accepted >= 8, $"only {proxy.Accepted} connections");
        // A removal is asked for over a connection that has just answered: one that is repeated may have been done the first time.
        await Assert.ThrowsAsync<RpcException>(() => behind.GetServiceAsync(name).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => behind.DeregisterAsync(Record(name, "n0"), persistent).AsTask());
    }

    [Fact]
    public async Task What_is_not_registered_again_in_time_is_removed_while_the_session_goes_on()
    {
        string name = fixture.NewName("ttl");
        await using ZooKeeperRegistry registry = fixture.Open();
        await registry.RegisterAsync(Record(name, "long"));
        // It is the session's timeout as well, which no pause of a busy machine must exceed.
        await registry.RegisterAsync(Record(name, "short"), new RegisterOptions { TimeToLive = TimeSpan.FromSeconds(3) });
        await using WatchRecorder watch = new(registry, name);
        await watch.UntilAsync([Record(name, "long")]);
        long session = registry.Session.SessionId;
        await registry.RegisterAsync(Record(name, "short"));
        await watch.UntilAsync(ServiceRecord.Merge([Record(name, "long"), Record(name, "short")]));
        Assert.Equal(session, registry.Session.SessionId);
    }

    [Fact]
    public async Task What_was_not_registered_again_is_not_removed_when_somebody_else_has_taken_its_place()
    {
        string name = fixture.NewName("taken");
        await using ZooKeeperRegistry registry = fixture.Open();
        await using ZooKeeperRegistry other = fixture.Open();
        RegisterOptions brief = new() { TimeToLive = TimeSpan.FromSeconds(2) };
        await registry.RegisterAsync(Record(name, "n1"), brief);
        await other.RegisterAsync(Record(name, "n1"));
        await using WatchRecorder watch = new(other, name);
        await watch.UntilAsync([Record(name, "n1")]);
        // Its time passes after that of the first.
        await registry.RegisterAsync(Record(name, "n2"), brief);
        await watch.SawAsync(Record(name, "n2").Nodes[0]);
        await watch.UntilAsync([Record(name, "n1")]);
        Assert.DoesNotContain(
            watch.Events.Where(static change => change.Kind == RegistryEventKind.Delete),
            static change => change.Records.Any(static record => record.Nodes.Any(static node => node.Id == "n1")));
    }

    [Fact]
    public async Task The_shortest_time_to_live_is_the_sessions_timeout_and_the_session_stays()
    {
        string name = fixture.NewName("timeout");
        await using ZooKeeperRegistry registry = fixture.Open();
        await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync(name).AsTask());
        Assert.Equal(TimeSpan.FromSeconds(30), registry.Session.Timeout);
        long session = registry.Session.SessionId;
        foreach ((double timeToLive, double expected) in ((double, double)[])[(50, 50), (8, 8), (20, 8), (0.1, 0.4)])
        {
            RegisterOptions options = new() { TimeToLive = TimeSpan.FromSeconds(timeToLive) };
            await registry.RegisterAsync(Record(name, $"n{timeToLive * 10:0}"), options);
            Assert.Equal(TimeSpan.FromSeconds(expected), registry.Session.Timeout);
            Assert.Equal(session, registry.Session.SessionId);
        }

        await using ZooKeeperRegistry limited = fixture.OpenWith("?session=5");
        await limited.RegisterAsync(Record(name, "limited"));
        Assert.Equal(TimeSpan.FromSeconds(5), limited.Session.Timeout);
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        for (int attempt = 0; !condition(); attempt++)
        {
            Assert.True(attempt < s_patience / TimeSpan.FromMilliseconds(20), $"Waited in vain for {what}.");
            await Task.Delay(20);
        }
    }

    private static ServiceRecord Record(string name, string id) =>
        new(name, "1.0") { Nodes = [new ServiceNode(id, "tcp://10.0.0.1:5000")] };
}
