using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>What is ZooKeeper's own: sessions, who owns what, directories that others remove, layouts.</summary>
public sealed class ZooKeeperRegistryTests(ZooKeeperFixture fixture) : IClassFixture<ZooKeeperFixture>
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
        using CancellationTokenSource stop = new();
        Task cutting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                int before = proxy.Accepted;
                while (proxy.Accepted == before && !stop.IsCancellationRequested) await Task.Delay(5);
                proxy.Cut(blocks: false);
            }
        });
        // Persistent, so that removing what was removed already would be an error.
        RegisterOptions persistent = new() { IsPersistent = true };
        for (int i = 0; i < 10; i++)
        {
            ServiceRecord record = Record(name, $"n{i}");
            await behind.RegisterAsync(record, persistent);
            Assert.Contains((await behind.GetServiceAsync(name)).Single().Nodes, node => node.Id == $"n{i}");
            await behind.DeregisterAsync(record, persistent);
        }

        await stop.CancelAsync();
        await cutting;
        // The last connection may have been cut just now, and what is not there when a removal is repeated may have been removed by it.
        await Assert.ThrowsAsync<RpcException>(() => behind.GetServiceAsync(name).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => behind.DeregisterAsync(Record(name, "n0"), persistent).AsTask());
    }

    [Fact]
    public async Task What_is_not_registered_again_in_time_is_removed_while_the_session_goes_on()
    {
        string name = fixture.NewName("ttl");
        await using ZooKeeperRegistry registry = fixture.Open();
        await registry.RegisterAsync(Record(name, "long"));
        await registry.RegisterAsync(Record(name, "short"), new RegisterOptions { TimeToLive = TimeSpan.FromMilliseconds(600) });
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
        RegisterOptions brief = new() { TimeToLive = TimeSpan.FromMilliseconds(500) };
        await registry.RegisterAsync(Record(name, "n1"), brief);
        await other.RegisterAsync(Record(name, "n1"));
        await using WatchRecorder watch = new(other, name);
        await watch.UntilAsync([Record(name, "n1")]);
        // Its time passes after that of the first.
        await registry.RegisterAsync(Record(name, "n2"), brief);
        await watch.UntilAsync(ServiceRecord.Merge([Record(name, "n1"), Record(name, "n2")]));
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

    [Fact]
    public async Task Directories_that_others_remove_are_made_again()
    {
        string name = fixture.NewName("race");
        await using ZooKeeperRegistry registry = fixture.OpenWith($"/{name}/base?timeout=20");
        await using ZooKeeperRegistry other = fixture.OpenWith($"/{name}/base?timeout=20");
        await using WatchRecorder watch = new(other, "s");
        Assert.Empty((await watch.FirstAsync()).Records);
        using CancellationTokenSource stop = new();
        int removed = 0;
        Task removing = Task.Run(async () =>
        {
            await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
            string services = $"/{name}/base/sourcegen-rpc/services";
            while (!stop.IsCancellationRequested)
            {
                foreach (string path in (string[])[$"{services}/s", services, $"/{name}/base/sourcegen-rpc"])
                {
                    try
                    {
                        await raw.DeleteAsync(path);
                        removed++;
                    }
                    catch (ZooKeeperException e) when (e.Error is ErrorCode.NoNode or ErrorCode.NotEmpty)
                    {
                        // It is in use, or was removed before.
                    }
                }
            }
        });
        ServiceRecord record = Record("s", "n1");
        for (int i = 0; i < 50; i++)
        {
            await registry.RegisterAsync(record);
            RecordText.AssertEqual([record], await other.GetServiceAsync("s"));
            await registry.DeregisterAsync(record);
        }

        await registry.RegisterAsync(record);
        await watch.UntilAsync([record]);
        await stop.CancelAsync();
        await removing;
        Assert.True(removed > 0);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_out_and_logged_once_for_each_content()
    {
        string name = fixture.NewName("unreadable");
        RecordingLoggers loggers = new();
        await using ZooKeeperRegistry registry = fixture.OpenWith("", loggers);
        ServiceRecord record = Record(name, "n1");
        await registry.RegisterAsync(record);
        string path = $"/sourcegen-rpc/services/{name}/rubbish";
        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        await raw.CreateAsync(path, Encoding.UTF8.GetBytes("{ not JSON"));
        await using WatchRecorder watch = new(registry, name);
        for (int i = 0; i < 3; i++) RecordText.AssertEqual([record], await registry.GetServiceAsync(name));
        await watch.UntilAsync([record]);
        Assert.Single(loggers.Lines, line => line.Contains(path, StringComparison.Ordinal));
        await raw.SetDataAsync(path, Encoding.UTF8.GetBytes("""{"name":"Another"}"""));
        RecordText.AssertEqual([record], await registry.GetServiceAsync(name));
        Assert.Equal(2, loggers.Lines.Count(line => line.Contains(path, StringComparison.Ordinal)));
        Assert.Contains(loggers.Lines, static line => line.Contains("'Another'", StringComparison.Ordinal));
        // Everybody may do everything with it but read it.
        byte[] hidden = new JuteWriter().Int(1).Int(30).Text("world").Text("anyone").ToArray();
        await raw.CreateAsync($"/sourcegen-rpc/services/{name}/hidden", ServiceRecordJson.Write(Record(name, "n9")), hidden);
        for (int i = 0; i < 2; i++) RecordText.AssertEqual([record], await registry.GetServiceAsync(name));
        string hiding = Assert.Single(loggers.Lines, static line => line.Contains("/hidden", StringComparison.Ordinal));
        Assert.Contains("NoAuth", hiding, StringComparison.Ordinal);
        // It becomes one.
        ServiceRecord mended = Record(name, "n2");
        await raw.SetDataAsync(path, ServiceRecordJson.Write(mended));
        await watch.UntilAsync(ServiceRecord.Merge([record, mended]));
        await raw.DeleteAsync(path);
        await watch.UntilAsync([record]);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task Records_too_large_for_ZooKeeper_are_refused_before_they_are_sent()
    {
        await using ZooKeeperRegistry registry = fixture.Open();
        ServiceRecord record = Record(fixture.NewName("large"), "n1") with
        {
            Metadata = ServiceMetadata.Create([new("text", new string('x', 600_000))]),
        };
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(record).AsTask());
        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        ServiceRecord fits = record with { Metadata = ServiceMetadata.Create([new("text", new string('x', 400_000))]) };
        await registry.RegisterAsync(fits);
        RecordText.AssertEqual([fits], await registry.GetServiceAsync(fits.Name));
    }

    [Fact]
    public async Task Records_of_Go_Micro_are_read_and_written()
    {
        const string Json =
            """{"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"metadata":{"protocol":"mucp"},"id":"greeter-1","address":"10.0.0.1:8080"}]}""";
        await using ZooKeeperRegistry registry = fixture.OpenWith("?layout=micro");
        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        await using WatchRecorder watch = new(registry, "greeter");
        Assert.Empty((await watch.FirstAsync()).Records);
        await raw.CreateAsync("/micro-registry", []);
        await raw.CreateAsync("/micro-registry/greeter", []);
        await raw.CreateAsync("/micro-registry/greeter/greeter-1", Encoding.UTF8.GetBytes(Json));
        await watch.UntilAsync(static recorder => recorder.Records.Length == 1, "Go Micro's record");
        ServiceRecord read = (await registry.GetServiceAsync("greeter")).Single();
        Assert.Equal(("latest", "10.0.0.1:8080"), (read.Version, read.Nodes[0].Address));
        Assert.Equal("greeter", Assert.Single(await registry.ListServicesAsync()));

        ServiceRecord own = new("greeter", "latest") { Nodes = [new ServiceNode("greeter-2", "tcp://10.0.0.2:8080")] };
        await registry.RegisterAsync(own);
        NodeData written = await raw.GetAsync("/micro-registry/greeter/greeter-2");
        Assert.Equal(
            """{"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"id":"greeter-2","address":"tcp://10.0.0.2:8080","metadata":null}]}""",
            Encoding.UTF8.GetString(written.Data));
        // The path has no version, so what stands there may be another record's.
        await registry.DeregisterAsync(own with { Version = "other" });
        await raw.GetAsync("/micro-registry/greeter/greeter-2");
        await registry.DeregisterAsync(own);
        await registry.DeregisterAsync(read);
        await watch.UntilAsync([]);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task Urls_of_Dubbo_are_read_and_written()
    {
        // As a provider of Dubbo writes it, with its parameters in an order of their own.
        const string Url = "dubbo://10.20.130.230:20880/com.foo.BarService?version=1.0.0&application=provider"
            + "&interface=com.foo.BarService&methods=sayHello&side=provider&pid=42";
        await using ZooKeeperRegistry registry = fixture.OpenWith("?layout=dubbo");
        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        await using WatchRecorder all = new(registry, service: null);
        Assert.Empty((await all.FirstAsync()).Records);
        string[] directories = ["/dubbo", "/dubbo/com.foo.BarService", "/dubbo/com.foo.BarService/consumers"];
        foreach (string path in directories) await raw.CreateAsync(path, []);
        await raw.CreateAsync("/dubbo/com.foo.BarService/providers", []);
        string foreign = $"/dubbo/com.foo.BarService/providers/{JavaUrlEncoding.Encode(Url)}";
        await raw.CreateAsync(foreign, Encoding.UTF8.GetBytes("10.20.130.230"));
        await all.UntilAsync(static recorder => recorder.Records.Length == 1, "Dubbo's record");
        ServiceRecord read = (await registry.GetServiceAsync("com.foo.BarService")).Single();
        Assert.Equal(("com.foo.BarService:1.0.0", "dubbo://10.20.130.230:20880"), (read.Key, read.Nodes[0].Address));
        Assert.Equal("com.foo.BarService", Assert.Single(await registry.ListServicesAsync()));

        ServiceUrl own = ServiceUrl.Parse(
            "tcp://10.0.0.1:5000/com.foo.BarService?group=g&interface=com.foo.BarService&version=1.0.0&weight=200");
        await registry.RegisterAsync(own);
        string[] names = await raw.ListAsync("/dubbo/com.foo.BarService/providers");
        string name = Assert.Single(names, static name => name.StartsWith("tcp", StringComparison.Ordinal));
        Assert.Equal(own.ToString(), JavaUrlEncoding.Decode(name));
        Assert.Equal(registry.Session.SessionId, (await raw.GetAsync($"/dubbo/com.foo.BarService/providers/{name}")).Stat.EphemeralOwner);
        ServiceUrl stays = own.With("dynamic", "false");
        await registry.RegisterAsync(stays);
        string persistent = $"/dubbo/com.foo.BarService/providers/{JavaUrlEncoding.Encode(stays.ToString())}";
        Assert.Equal(0, (await raw.GetAsync(persistent)).Stat.EphemeralOwner);

        // A node with an id of its own has another URL when something about it changes, and is still one node.
        ServiceRecord first = new("com.foo.BarService", "3") { Nodes = [new ServiceNode("n1", "tcp://10.0.0.3:1")] };
        ServiceRecord second = new("com.foo.BarService", "3") { Nodes = [new ServiceNode("n1", "tcp://10.0.0.4:1")] };
        await registry.RegisterAsync(first);
        await registry.RegisterAsync(second);
        Assert.Equal(second, (await registry.GetServiceAsync("com.foo.BarService")).Single(static record => record.Version == "3"));

        await registry.DeregisterAsync(read);
        await registry.DeregisterAsync(own);
        await registry.DeregisterAsync(stays);
        await registry.DeregisterAsync(second);
        await all.UntilAsync([]);
        Assert.Empty(await raw.ListAsync("/dubbo/com.foo.BarService/providers"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => registry.DeregisterAsync(stays).AsTask());
        all.AssertConsistent();
    }

    [Fact]
    public async Task Who_shows_no_or_another_password_may_not_read_or_write()
    {
        string name = fixture.NewName("acl");
        await using ZooKeeperRegistry owner = Open("me:right@");
        await using ZooKeeperRegistry same = Open("me:right@");
        await using ZooKeeperRegistry wrong = Open("me:wrong@");
        await using ZooKeeperRegistry nobody = Open("");
        ServiceRecord record = Record("s", "n1");
        await owner.RegisterAsync(record);
        RecordText.AssertEqual([record], await same.GetServiceAsync("s"));
        await same.RegisterAsync(Record("s", "n2"));
        await FailsAsync(RpcStatusCode.PermissionDenied, () => wrong.GetServiceAsync("s").AsTask());
        await FailsAsync(RpcStatusCode.PermissionDenied, () => wrong.RegisterAsync(record).AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, () => nobody.GetServiceAsync("s").AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, () => nobody.RegisterAsync(Record("s", "n3")).AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, async () =>
        {
            await foreach (RegistryEvent change in nobody.WatchAsync("s")) Assert.Fail($"It said {change}.");
        });

        await using ZooKeeperRegistry readable = fixture.WithUser("me:right@", $"/{name}r?acl=creator-read");
        await using ZooKeeperRegistry reader = fixture.OpenWith($"/{name}r");
        await readable.RegisterAsync(record);
        RecordText.AssertEqual([record], await reader.GetServiceAsync("s"));
        await FailsAsync(RpcStatusCode.Unauthenticated, () => reader.RegisterAsync(Record("s", "n3")).AsTask());
        await FailsAsync(RpcStatusCode.Unauthenticated, () => reader.DeregisterAsync(record).AsTask());

        ZooKeeperRegistry Open(string user) => fixture.WithUser(user, $"/{name}");

        static async Task FailsAsync(RpcStatusCode code, Func<Task> operation)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => operation().WaitAsync(s_patience));
            Assert.Equal(code, error.Code);
            Assert.DoesNotContain("right", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_user_is_shown_again_over_the_next_connection()
    {
        string name = fixture.NewName("reauth");
        await using CuttingProxy proxy = new(fixture.Server.Port);
        await using ZooKeeperRegistry registry = ZooKeeperFixture.Open($"zookeeper://me:right@127.0.0.1:{proxy.Port}/{name}");
        await registry.RegisterAsync(Record("s", "n1"));
        proxy.Cut(blocks: false);
        await registry.RegisterAsync(Record("s", "n2"));
        Assert.Equal(2, (await registry.GetServiceAsync("s")).Single().Nodes.Length);
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
