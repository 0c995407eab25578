using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.File;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>The directory as processes share it, and when it cannot be used.</summary>
public sealed class FileRegistryTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly LogRecorder _log = new(LogLevel.Warning);

    private string Root => _temporary["registry"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Several_processes_write_and_read_at_once()
    {
        await using FileRegistry registry = Create();
        await using WatchRecorder watch = new(registry, service: null, TimeSpan.FromMinutes(1));
        await watch.FirstAsync();
        ServerProcess[] processes = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => OtherProcess.StartAsync(Root, "Greeter", staying: 40, leaving: 60)));
        try
        {
            string[] expected =
            [
                .. processes.SelectMany(process => Enumerable.Range(0, 40).Select(i => $"{process.Id}-staying-{i}")).Order(StringComparer.Ordinal),
            ];
            await watch.UntilAsync(
                recorder => recorder.Records is [ServiceRecord record] && record.Nodes.Select(static node => node.Id).SequenceEqual(expected),
                "all nodes");
            Assert.Equal(expected, (await registry.GetServiceAsync("Greeter"))[0].Nodes.Select(static node => node.Id));
            watch.AssertConsistent();
            Assert.Empty(_log.Lines);
            // Nothing is left of those that came and went, nor of writing.
            Assert.Equal(expected.Length, Directory.GetFiles(Assert.Single(Directory.GetDirectories(Root))).Length);
        }
        finally
        {
            foreach (ServerProcess process in processes) await process.DisposeAsync();
        }
    }

    [Fact]
    public async Task Many_threads_of_many_registries_come_and_go_in_one_folder()
    {
        await using FileRegistry reader = Create();
        await using WatchRecorder watch = new(reader, "Greeter");
        await watch.FirstAsync();
        // The folder vanishes with each last node and comes again with the next one.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            await using FileRegistry registry = Create();
            for (int i = 0; i < 100; i++)
            {
                await registry.RegisterAsync(Sample.Record("Greeter", $"writer-{writer}"));
                if (i < 99) await registry.DeregisterAsync(Sample.Record("Greeter", $"writer-{writer}"));
            }
        })));
        await watch.UntilAsync([Sample.Record("Greeter", Enumerable.Range(0, 8).Select(static writer => $"writer-{writer}"))]);
        watch.AssertConsistent();
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_directory_that_is_removed_is_made_again()
    {
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        await using WatchRecorder watch = new(registry, "Greeter", resumes: true);
        await watch.UntilAsync([Sample.Record("Greeter", "a")]);
        Directory.Move(Root, _temporary["gone"]);
        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the loss of the directory");
        RpcException error = Assert.IsType<RpcException>(watch.Failures[0]);
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains($"The directory {Root} was removed.", error.Message, StringComparison.Ordinal);
        await registry.RegisterAsync(Sample.Record("Greeter", "b"));
        await watch.UntilAsync([Sample.Record("Greeter", "b")]);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task A_directory_that_is_not_there_holds_nothing()
    {
        await using FileRegistry registry = Create();
        await Sample.FailsAsync(RpcStatusCode.NotFound, () => registry.GetServiceAsync("Greeter").AsTask());
        Assert.Empty(await registry.ListServicesAsync());
        await registry.DeregisterAsync(Sample.Record("Greeter", "a"));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => registry.DeregisterAsync(Sample.Record("Greeter", "a"), new RegisterOptions { IsPersistent = true }).AsTask());
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_named()
    {
        // Also root may not create anything there.
        await using FileRegistry registry = new(new FileRegistryOptions { Directory = "/proc/registry" });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(Sample.Record("Greeter", "a")).AsTask());
        Assert.Contains(error.Code, new[] { RpcStatusCode.Unavailable, RpcStatusCode.PermissionDenied });
        Assert.Contains("register Greeter:1.0", error.Message, StringComparison.Ordinal);
        Assert.Contains("file:///proc/registry", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_is_not_announced_is_seen_by_reading_again()
    {
        await using FileRegistry registry = new(new FileRegistryOptions { Directory = Root, RescanInterval = TimeSpan.FromMilliseconds(50) });
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        await using WatchRecorder watch = new(registry, "Greeter");
        await watch.UntilAsync([Sample.Record("Greeter", "a")]);
        // Written in place, which the watch does not ask the system about.
        string file = Directory.GetFiles(Root, "a-*", SearchOption.AllDirectories).Single();
        ServiceRecord changed = Sample.Record("Greeter") with { Nodes = [new ServiceNode("a", "tcp://127.0.0.1:6000")] };
        await System.IO.File.WriteAllBytesAsync(file, NodeFile.Write(changed, RegisterOptions.Default));
        await watch.UntilAsync([changed]);
    }

    [Fact]
    public async Task A_copy_with_another_name_is_not_another_node()
    {
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        string file = Directory.GetFiles(Root, "a-*", SearchOption.AllDirectories).Single();
        System.IO.File.Copy(file, file.Replace(".json", "-copy.json", StringComparison.Ordinal));
        Assert.Single((await registry.GetServiceAsync("Greeter"))[0].Nodes);
        Assert.Contains("does not belong into a file of this name", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_of_a_registry_ends_its_watches_and_leaves_the_files()
    {
        FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync(service: null).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await registry.DisposeAsync();
        await registry.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.WaitAsync(TimeSpan.FromSeconds(20)));
        await using FileRegistry other = Create();
        Assert.Single(await other.GetServiceAsync("Greeter"));
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_refused()
    {
        await using FileRegistry registry = Create();
        ServiceRecord large = Sample.Record("Greeter", "a") with { Metadata = ServiceMetadata.Create([new("x", new string('x', 1_100_000))]) };
        RpcException error = await Sample.FailsAsync(RpcStatusCode.InvalidArgument, () => registry.RegisterAsync(large).AsTask());
        Assert.Contains("it has more than 1,048,576 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file://relative/path", "names the host 'relative'; a directory has three slashes")]
    [InlineData("file://me@/path", "names a user")]
    [InlineData("file:///path?ttl=1", "the parameter 'ttl'")]
    [InlineData("file:///path?rescan=0.001", "must be from 0.01 to 3600 seconds")]
    [InlineData("file:///path?processes=maybe", "must be true or false")]
    [InlineData("file:///a%00b", "zero character")]
    [InlineData("memory://a", "not one of file://")]
    public void A_wrong_address_is_refused_with_a_reason(string address, string reason)
    {
        FormatException error = Assert.Throws<FormatException>(() => new FileRegistryProvider().Create(RpcAddress.Parse(address)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_says_where_and_how()
    {
        FileRegistryOptions options = FileRegistryProvider.Read(RpcAddress.Parse("file:///run/my%20shop?rescan=0.5&processes=false"));
        Assert.Equal("/run/my shop", options.Directory);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.RescanInterval);
        Assert.False(options.LeavesOutDeadProcesses);
        Assert.Throws<ArgumentException>(() => new FileRegistry(new FileRegistryOptions { RescanInterval = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => new FileRegistry(new FileRegistryOptions { RemoveExpiredAfter = TimeSpan.Zero }));
    }

    [Fact]
    public async Task Without_a_path_it_is_a_directory_of_the_users_own()
    {
        await using IRegistry registry = new FileRegistryProvider().Create(RpcAddress.Parse("file://"));
        Assert.Contains("/sourcegen-rpc", registry.Address, StringComparison.Ordinal);
        Assert.EndsWith("/registry", registry.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_added_to_a_service_collection()
    {
        ServiceCollection services = new();
        services.AddFileRegistry();
        services.AddFileRegistry($"file://{Root}", static options => options.RescanInterval = TimeSpan.FromSeconds(2));
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("file", Assert.Single(provider.GetServices<IRegistryProvider>()).Scheme);
        IRegistry registry = Assert.Single(provider.GetServices<IRegistry>());
        Assert.Equal($"file://{Root}", registry.Address);
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        Assert.Single(Directory.GetDirectories(Root));
    }

    private FileRegistry Create() => new(new FileRegistryOptions { Directory = Root }, _log);
}
