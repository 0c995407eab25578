using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.File;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>Leases, and the processes that hold them.</summary>
public sealed class FileLeaseTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly ManualTime _time = new();

    private string Root => _temporary["registry"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_lease_ends_by_the_clock_and_is_renewed_by_the_files_time()
    {
        await using FileRegistry registry = Create(_time);
        RegisterOptions ten = new() { TimeToLive = TimeSpan.FromSeconds(10) };
        await registry.RegisterAsync(Sample.Record("Greeter", "renewed", "left"), ten);
        string file = Directory.GetFiles(Root, "renewed-*", SearchOption.AllDirectories).Single();
        string content = await System.IO.File.ReadAllTextAsync(file);
        _time.Advance(TimeSpan.FromSeconds(9));
        await registry.RegisterAsync(Sample.Record("Greeter", "renewed"), ten);
        Assert.Equal(content, await System.IO.File.ReadAllTextAsync(file));
        Assert.Equal(_time.GetUtcNow().UtcDateTime, System.IO.File.GetLastWriteTimeUtc(file));
        Assert.Equal(2, (await registry.GetServiceAsync("Greeter"))[0].Nodes.Length);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("renewed", Assert.Single((await registry.GetServiceAsync("Greeter"))[0].Nodes).Id);
        _time.Advance(TimeSpan.FromSeconds(9));
        await Sample.FailsAsync(RpcStatusCode.NotFound, () => registry.GetServiceAsync("Greeter").AsTask());
        Assert.Empty(await registry.ListServicesAsync());
    }

    [Fact]
    public async Task Files_whose_lease_ended_long_ago_are_removed_by_whoever_sees_them()
    {
        await using FileRegistry registry = Create(_time);
        await registry.RegisterAsync(Sample.Record("Greeter", "old"), new RegisterOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        await registry.RegisterAsync(Sample.Record("Greeter", "kept"), new RegisterOptions { IsPersistent = true });
        string folder = Assert.Single(Directory.GetDirectories(Root));
        // Of a process that was killed while it wrote.
        string half = Path.Combine(folder, FileNames.NewTemporary());
        await System.IO.File.WriteAllTextAsync(half, "{");
        System.IO.File.SetLastWriteTimeUtc(half, _time.GetUtcNow().UtcDateTime);
        _time.Advance(TimeSpan.FromMinutes(10));
        await registry.GetServiceAsync("Greeter");
        Assert.Equal(3, Directory.GetFiles(folder).Length);
        _time.Advance(TimeSpan.FromSeconds(11));
        await registry.GetServiceAsync("Greeter");
        Assert.StartsWith("kept-", Path.GetFileName(Assert.Single(Directory.GetFiles(folder))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_whose_files_are_all_old_loses_its_folder()
    {
        await using FileRegistry registry = Create(_time);
        await registry.RegisterAsync(Sample.Record("Greeter", "a", "b"), new RegisterOptions { TimeToLive = TimeSpan.FromSeconds(10) });
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await registry.ListServicesAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task A_killed_process_takes_its_nodes_with_it_long_before_their_leases_end()
    {
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "mine"));
        await using ServerProcess process = await OtherProcess.StartAsync(Root, "Greeter", staying: 2, leaving: 0);
        await using WatchRecorder watch = new(registry, "Greeter");
        await watch.UntilAsync(static recorder => recorder.Records is [{ Nodes.Length: 3 }], "the other process's nodes");
        await process.KillAsync();
        await watch.UntilAsync([Sample.Record("Greeter", "mine")]);
        Assert.Equal(RegistryEventKind.Delete, watch.Events[^1].Kind);
        Assert.Single((await registry.GetServiceAsync("Greeter"))[0].Nodes);
        // Who does not look at processes waits for the lease's end.
        await using FileRegistry patient = new(new FileRegistryOptions { Directory = Root, LeavesOutDeadProcesses = false });
        Assert.Equal(3, (await patient.GetServiceAsync("Greeter"))[0].Nodes.Length);
        watch.AssertConsistent();
    }

    [Fact]
    public void Only_a_process_that_is_certainly_this_one_or_gone_counts()
    {
        ProcessIdentity mine = ProcessIdentity.Current!;
        Assert.False(mine.IsDead());
        // Its id was given again.
        Assert.True((mine with { Start = mine.Start + "1" }).IsDead());
        Assert.True((mine with { Id = int.MaxValue }).IsDead());
        // Another boot, machine or container: nothing is known.
        Assert.False((mine with { Id = int.MaxValue, Domain = "elsewhere" }).IsDead());
    }

    [Fact]
    public async Task A_persistent_node_outlives_its_process()
    {
        ServiceRecord record = Sample.Record("Greeter", "kept");
        byte[] content = NodeFile.Write(record, new RegisterOptions { IsPersistent = true });
        Assert.True(NodeFile.TryRead(content, out NodeFile? file, out _));
        Assert.Null(file.Process);
        Assert.Null(file.TimeToLive);
        await using FileRegistry registry = Create(_time);
        await registry.RegisterAsync(record, new RegisterOptions { IsPersistent = true });
        _time.Advance(TimeSpan.FromDays(1_000));
        Assert.Equal(record, Assert.Single(await registry.GetServiceAsync("Greeter")));
    }

    private FileRegistry Create(TimeProvider? time = null) =>
        new(new FileRegistryOptions { Directory = Root, Time = time ?? TimeProvider.System });
}
