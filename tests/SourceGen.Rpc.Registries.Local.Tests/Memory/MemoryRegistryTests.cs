using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Memory;

namespace SourceGen.Rpc.Registries.Local.Tests;

public sealed class MemoryRegistryTests
{
    [Fact]
    public async Task Registries_of_one_name_share_a_store_and_others_do_not()
    {
        string name = Guid.NewGuid().ToString("N");
        MemoryRegistryProvider provider = new();
        await using IRegistry one = provider.Create(RpcAddress.Parse($"memory://{name}"));
        await using IRegistry two = provider.Create(RpcAddress.Parse($"memory://{name}"));
        await using IRegistry other = provider.Create(RpcAddress.Parse($"memory://{name}/other"));
        await one.RegisterAsync(Sample.Record("Greeter", "a"));
        Assert.Equal(Sample.Record("Greeter", "a"), Assert.Single(await two.GetServiceAsync("Greeter")));
        RpcException error = await Sample.FailsAsync(RpcStatusCode.NotFound, () => other.GetServiceAsync("Greeter").AsTask());
        Assert.Contains($"memory://{name}/other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_ones_own_is_shared_with_nobody()
    {
        MemoryRegistryStore store = new();
        await using MemoryRegistry mine = new(new MemoryRegistryOptions { Store = store });
        await using MemoryRegistry too = new(new MemoryRegistryOptions { Store = store });
        await using MemoryRegistry shared = new();
        string name = $"Own-{Guid.NewGuid():N}";
        await mine.RegisterAsync(Sample.Record(name, "a"));
        Assert.Single(await too.GetServiceAsync(name));
        await Sample.FailsAsync(RpcStatusCode.NotFound, () => shared.GetServiceAsync(name).AsTask());
    }

    [Fact]
    public async Task Leases_end_by_the_clock_of_the_store()
    {
        ManualTime time = new();
        await using MemoryRegistry registry = new(new MemoryRegistryOptions { Store = new MemoryRegistryStore(time) });
        await using WatchRecorder watch = new(registry, "Greeter");
        await watch.FirstAsync();
        await registry.RegisterAsync(Sample.Record("Greeter", "short"), new RegisterOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        await registry.RegisterAsync(Sample.Record("Greeter", "long"), new RegisterOptions { TimeToLive = TimeSpan.FromDays(100) });
        await registry.RegisterAsync(Sample.Record("Greeter", "forever"), new RegisterOptions { TimeToLive = TimeSpan.MaxValue });
        await registry.RegisterAsync(Sample.Record("Greeter", "kept"), new RegisterOptions { IsPersistent = true });
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(["forever", "kept", "long", "short"], (await registry.GetServiceAsync("Greeter"))[0].Nodes.Select(static node => node.Id));
        time.Advance(TimeSpan.FromSeconds(0.1));
        await watch.UntilAsync([Sample.Record("Greeter", "forever", "kept", "long")]);
        // Longer than one timer can be set for.
        time.Advance(TimeSpan.FromDays(99));
        Assert.Equal(3, (await registry.GetServiceAsync("Greeter"))[0].Nodes.Length);
        time.Advance(TimeSpan.FromDays(1));
        await watch.UntilAsync([Sample.Record("Greeter", "forever", "kept")]);
        time.Advance(TimeSpan.FromDays(10_000));
        await watch.UntilAsync([Sample.Record("Greeter", "forever", "kept")]);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task A_watch_that_nobody_reads_is_given_a_snapshot_instead_of_every_event()
    {
        await using MemoryRegistry registry = new(new MemoryRegistryOptions { Store = new MemoryRegistryStore() });
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync("Greeter").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Empty(watch.Current.Records);
        for (int i = 0; i <= 1_024; i++) await registry.RegisterAsync(Sample.Record("Greeter", $"node-{i:D4}"));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(RegistryEventKind.Snapshot, watch.Current.Kind);
        Assert.Equal(1_025, Assert.Single(watch.Current.Records).Nodes.Length);
        await registry.RegisterAsync(Sample.Record("Greeter", "last"));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(RegistryEventKind.Create, watch.Current.Kind);
    }

    [Fact]
    public async Task Disposing_of_a_registry_ends_its_watches_and_leaves_the_records()
    {
        MemoryRegistryStore store = new();
        MemoryRegistry registry = new(new MemoryRegistryOptions { Store = store });
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync(service: null).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await registry.DisposeAsync();
        await registry.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => registry.GetServiceAsync("Greeter").AsTask());
        await using MemoryRegistry other = new(new MemoryRegistryOptions { Store = store });
        Assert.Single(await other.GetServiceAsync("Greeter"));
    }

    [Theory]
    [InlineData("memory://a?ttl=1", "the parameter 'ttl'")]
    [InlineData("memory://me@a", "names a user")]
    [InlineData("etcd://a", "not one of memory://")]
    public void A_wrong_address_is_refused_with_a_reason(string address, string reason)
    {
        FormatException error = Assert.Throws<FormatException>(() => new MemoryRegistryProvider().Create(RpcAddress.Parse(address)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_added_to_a_service_collection()
    {
        ServiceCollection services = new();
        services.AddMemoryRegistry();
        services.AddMemoryRegistry("memory://x", static options => options.Store = new MemoryRegistryStore());
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("memory", Assert.Single(provider.GetServices<IRegistryProvider>()).Scheme);
        IRegistry registry = Assert.Single(provider.GetServices<IRegistry>());
        Assert.Equal("memory://x", registry.Address);
        Assert.True(registry.CanRegister);
    }

    [Fact]
    public async Task A_time_to_live_that_is_not_positive_is_refused()
    {
        await using MemoryRegistry registry = new(new MemoryRegistryOptions { Store = new MemoryRegistryStore() });
        await Sample.FailsAsync(
            RpcStatusCode.InvalidArgument,
            () => registry.RegisterAsync(Sample.Record("Greeter", "a"), new RegisterOptions { TimeToLive = TimeSpan.Zero }).AsTask());
    }
}
