using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>What a watch does when its history, or what it reads, is not as it should be.</summary>
public sealed class WatchTests(SharedEtcd fixture) : IClassFixture<SharedEtcd>
{
    private EtcdServer Server => fixture.Server;

    [Fact]
    public async Task A_compaction_between_the_load_and_the_watch_gives_another_snapshot()
    {
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { Server.Endpoint } });
        await registry.RegisterAsync(Records.Of("Compacted", "a"));
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync("Compacted").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(RegistryEventKind.Snapshot, watch.Current.Kind);

        // The enumeration goes on to watch when it is asked for the next event, and by then its revision is no longer there.
        await registry.RegisterAsync(Records.Of("Compacted", "b"));
        await registry.DeregisterAsync(Records.Of("Compacted", "a"));
        await Server.CompactAsync();
        Assert.True(await watch.MoveNextAsync());

        Assert.Equal(RegistryEventKind.Snapshot, watch.Current.Kind);
        Assert.Equal([Records.Of("Compacted", "b")], watch.Current.Records.ToArray());
        await registry.RegisterAsync(Records.Of("Compacted", "c"));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(RegistryEventKind.Create, watch.Current.Kind);
    }

    [Fact]
    public async Task What_cannot_be_read_is_logged_once_and_skipped()
    {
        LogRecorder log = new();
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { Server.Endpoint } }, log);
        string key = Records.KeyOf("Garbage", "x");
        await Server.PutAsync(key, "not a record");
        await Server.PutAsync(
            Records.KeyOf("Garbage", "y"),
            """{"name":"Garbage","version":"1.0","nodes":[{"id":"z","address":"tcp://h:1"}]}""");
        await registry.RegisterAsync(Records.Of("Garbage", "a"));
        await using WatchRecorder watch = new(registry, "Garbage");
        await watch.UntilAsync([Records.Of("Garbage", "a")]);
        for (int i = 0; i < 3; i++) await registry.GetServiceAsync("Garbage");

        // A node that becomes unreadable is one that is gone, as far as anybody can tell.
        await Server.PutAsync(Records.KeyOf("Garbage", "a"), "[]");
        await watch.UntilAsync([]);

        Assert.Equal(3, log.Lines.Count(static line => line.Contains("is skipped", StringComparison.Ordinal)));
        Assert.Contains(log.Lines, line => line.Contains($"{key} is skipped", StringComparison.Ordinal));
        Assert.DoesNotContain("Garbage", await registry.ListServicesAsync());
        watch.AssertConsistent();
    }

    [Fact]
    public async Task More_nodes_than_a_page_are_read_as_of_one_revision()
    {
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { Server.Endpoint }, Prefix = "/pages" });
        ServiceRecord record = Records.Of("Pages", Enumerable.Range(0, 2_500).Select(static i => $"n{i:0000}"));
        await registry.RegisterAsync(record);

        Assert.Equal([record], (await registry.GetServiceAsync("Pages")).ToArray());
    }

    [Fact]
    public async Task More_nodes_than_are_allowed_are_an_error_that_says_so()
    {
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { Server.Endpoint }, MaxNodes = 2, Prefix = "/few" });
        await registry.RegisterAsync(Records.Of("Few", "a", "b", "c"));

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Few").AsTask());

        Assert.Contains("more than 2 keys under /few/Few/", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_of_a_server_that_is_killed_fails_with_its_address()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { server.Endpoint } });
        await using WatchRecorder watch = new(registry, "Any");
        await watch.FirstAsync();
        await server.Process.KillAsync();

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");

        RpcException error = Assert.IsType<RpcException>(watch.Failures[0]);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(registry.Address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_when_the_registry_is_disposed_of()
    {
        EtcdRegistry registry = new(new EtcdRegistryOptions { Endpoints = { Server.Endpoint } });
        await using WatchRecorder watch = new(registry, "Disposed");
        await watch.FirstAsync();
        await registry.RegisterAsync(Records.Of("Disposed", "a"));
        await watch.UntilAsync([Records.Of("Disposed", "a")]);
        await registry.DisposeAsync();

        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");
        Assert.IsType<ObjectDisposedException>(watch.Failures[0]);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => registry.GetServiceAsync("Disposed").AsTask());
    }
}
