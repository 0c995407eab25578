using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>What is ZooKeeper's own: directories that others remove, what cannot be read, layouts.</summary>
public sealed class ZooKeeperRegistryTests(ZooKeeperFixture fixture) : IClassFixture<ZooKeeperFixture>
{
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
        using LogRecorder log = new();
        await using ZooKeeperRegistry registry = fixture.OpenWith("", log);
        ServiceRecord record = Record(name, "n1");
        await registry.RegisterAsync(record);
        string path = $"/sourcegen-rpc/services/{name}/rubbish";
        await using RawClient raw = await RawClient.ConnectAsync(fixture.Server.Port);
        await raw.CreateAsync(path, Encoding.UTF8.GetBytes("{ not JSON"));
        await using WatchRecorder watch = new(registry, name);
        for (int i = 0; i < 3; i++) RecordText.AssertEqual([record], await registry.GetServiceAsync(name));
        await watch.UntilAsync([record]);
        Assert.Single(log.Lines, line => line.Contains(path, StringComparison.Ordinal));
        await raw.SetDataAsync(path, Encoding.UTF8.GetBytes("""{"name":"Another"}"""));
        RecordText.AssertEqual([record], await registry.GetServiceAsync(name));
        Assert.Equal(2, log.Lines.Count(line => line.Contains(path, StringComparison.Ordinal)));
        Assert.Contains(log.Lines, static line => line.Contains("'Another'", StringComparison.Ordinal));
        // Everybody may do everything with it but read it.
        byte[] hidden = new JuteWriter().Int(1).Int(30).Text("world").Text("anyone").ToArray();
        await raw.CreateAsync($"/sourcegen-rpc/services/{name}/hidden", ServiceRecordJson.Write(Record(name, "n9")), hidden);
        for (int i = 0; i < 2; i++) RecordText.AssertEqual([record], await registry.GetServiceAsync(name));
        string hiding = Assert.Single(log.Lines, static line => line.Contains("/hidden", StringComparison.Ordinal));
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
    public async Task C34_Urls_of_Dubbo_are_read_and_written()
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

    private static ServiceRecord Record(string name, string id) =>
        new(name, "1.0") { Nodes = [new ServiceNode(id, "tcp://10.0.0.1:5000")] };
}
