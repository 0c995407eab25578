using System.Text;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.File;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>What stands in the directory, and what somebody else may have put there.</summary>
public sealed class FileLayoutTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly LogRecorder _log = new(LogLevel.Warning);

    private string Root => _temporary["registry"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_node_is_a_file_in_its_services_folder()
    {
        await using FileRegistry registry = Create();
        ServiceRecord record = new("Shop.Greeter", "1.0") { Nodes = [new ServiceNode("greeter-1", "tcp://127.0.0.1:5000")] };
        await registry.RegisterAsync(record);
        await registry.RegisterAsync(record with { Version = "2.0" }, new RegisterOptions { IsPersistent = true });
        string folder = Assert.Single(Directory.GetDirectories(Root));
        Assert.Equal("Shop.Greeter-d6746247392169efe9e2", Path.GetFileName(folder));
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        ProcessIdentity process = ProcessIdentity.Current!;
        string[] texts = [.. files.Select(System.IO.File.ReadAllText)];
        string inner = """{"name":"Shop.Greeter","version":"{0}","endpoints":[],"nodes":[{"id":"greeter-1","address":"tcp://127.0.0.1:5000"}]}""";
        string leased = $$"""{"timeToLive":90,"process":{"id":{{process.Id}},"start":"{{process.Start}}","domain":"{{process.Domain}}"},"record":"""
            + inner.Replace("{0}", "1.0", StringComparison.Ordinal) + "}";
        string persistent = """{"record":""" + inner.Replace("{0}", "2.0", StringComparison.Ordinal) + "}";
        Assert.Equal(new[] { leased, persistent }.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
        Assert.All(files, static file => Assert.Matches(@"^greeter-1-[0-9a-f]{20}\.json$", Path.GetFileName(file)));
    }

    [Fact]
    public async Task What_is_made_is_for_its_user_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        string folder = Assert.Single(Directory.GetDirectories(Root));
        Assert.Equal(all, System.IO.File.GetUnixFileMode(Root));
        Assert.Equal(all, System.IO.File.GetUnixFileMode(folder));
        Assert.Equal(all & ~UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public async Task A_directory_that_was_made_for_several_users_stays_theirs()
    {
        if (OperatingSystem.IsWindows()) return;
        UnixFileMode group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(Root);
        System.IO.File.SetUnixFileMode(Root, group);
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "a"));
        string folder = Assert.Single(Directory.GetDirectories(Root));
        Assert.Equal(group, System.IO.File.GetUnixFileMode(folder));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            System.IO.File.GetUnixFileMode(Assert.Single(Directory.GetFiles(folder))));
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("/etc/outside")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(".hidden")]
    [InlineData("a\0b")]
    [InlineData("CON")]
    [InlineData("a\nb")]
    [InlineData("C:\\outside")]
    public async Task No_name_leaves_the_directory(string name)
    {
        await using FileRegistry registry = Create();
        ServiceRecord record = new(name, name) { Nodes = [new ServiceNode(name, "tcp://127.0.0.1:5000")] };
        await registry.RegisterAsync(record);
        Assert.Equal(record, Assert.Single(await registry.GetServiceAsync(name)));
        Assert.Equal([name], (await registry.ListServicesAsync()).ToArray());
        EnumerationOptions everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        string file = Assert.Single(Directory.GetFiles(_temporary.Path, "*", everywhere));
        Assert.Equal(Root, Path.GetDirectoryName(Path.GetDirectoryName(file)));
        await registry.DeregisterAsync(record);
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task Long_names_and_names_that_differ_in_case_are_kept_apart()
    {
        await using FileRegistry registry = Create();
        string[] names = [new string('x', 5_000), new string('x', 5_001), "greeter", "Greeter", new string('ü', 300)];
        foreach (string name in names)
        {
            ServiceNode[] nodes = [new ServiceNode(name, "tcp://a:1"), new ServiceNode(name + "Y", "tcp://a:1")];
            await registry.RegisterAsync(new ServiceRecord(name) { Nodes = [.. nodes] });
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), await registry.ListServicesAsync());
        IEnumerable<string> folders = Directory.GetDirectories(Root).Select(static path => Path.GetFileName(path).ToUpperInvariant());
        Assert.Equal(names.Length, folders.Distinct().Count());
        Assert.Equal(2, (await registry.GetServiceAsync(names[0]))[0].Nodes.Length);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_anywhere_is_left_out_and_logged_once()
    {
        await using FileRegistry registry = Create();
        ServiceRecord record = Sample.Record("Greeter", "good", "cut");
        await registry.RegisterAsync(record);
        string file = Directory.GetFiles(Root, "cut-*", SearchOption.AllDirectories).Single();
        byte[] whole = await System.IO.File.ReadAllBytesAsync(file);
        for (int length = 0; length < whole.Length; length++)
        {
            await System.IO.File.WriteAllBytesAsync(file, whole[..length]);
            for (int i = 0; i < 2; i++) Assert.Equal("good", Assert.Single((await registry.GetServiceAsync("Greeter"))[0].Nodes).Id);
        }

        Assert.Equal(whole.Length, _log.Lines.Count);
        Assert.All(_log.Lines, line => Assert.StartsWith($"The file {file} is left out: ", line, StringComparison.Ordinal));
        await registry.RegisterAsync(record);
        Assert.Equal(ServiceRecord.Merge([record])[0], Assert.Single(await registry.GetServiceAsync("Greeter")));
    }

    [Theory]
    [InlineData("[]", "is not an object with a 'record'")]
    [InlineData("{}", "is not an object with a 'record'")]
    [InlineData("""{"record":1}""", "is a number where an object is expected")]
    [InlineData("""{"record":{"name":"Greeter","nodes":[]}}""", "has 0 nodes where one is expected")]
    [InlineData("""{"timeToLive":"1","record":{"name":"Greeter","nodes":[{"id":"bad","address":"a"}]}}""", "'timeToLive' is not a number of seconds")]
    [InlineData("""{"timeToLive":-1,"record":{"name":"Greeter","nodes":[{"id":"bad","address":"a"}]}}""", "'timeToLive' is not a number of seconds")]
    [InlineData("""{"timeToLive":1e300,"record":{"name":"Greeter","nodes":[{"id":"bad","address":"a"}]}}""", "'timeToLive' is not a number of seconds")]
    [InlineData("""{"record":{"name":"Other","nodes":[{"id":"bad","address":"a"}]}}""", "does not belong into a file of this name")]
    [InlineData("""{"record":{"name":"Greeter","nodes":[{"id":"other","address":"a"}]}}""", "does not belong into a file of this name")]
    [InlineData("""{"record":{"name":"\ud800","nodes":[]}}""", "is left out: ")]
    public async Task A_file_that_says_something_else_is_left_out_and_logged(string content, string reason)
    {
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "good"));
        string folder = Assert.Single(Directory.GetDirectories(Root));
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, FileNames.ForNode(new ServiceRecord("Greeter"), "bad")), content);
        await using WatchRecorder watch = new(registry, "Greeter");
        await watch.UntilAsync([Sample.Record("Greeter", "good")]);
        Assert.Equal(Sample.Record("Greeter", "good"), Assert.Single(await registry.GetServiceAsync("Greeter")));
        Assert.Contains(reason, Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_large_or_deep_or_no_record_at_all_is_left_out()
    {
        await using FileRegistry registry = Create();
        await registry.RegisterAsync(Sample.Record("Greeter", "good"));
        string folder = Assert.Single(Directory.GetDirectories(Root));
        await using (FileStream huge = System.IO.File.Create(Path.Combine(folder, "huge.json"))) huge.SetLength(1L << 40);
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "deep.json"), new StringBuilder().Insert(0, "[", 100_000).ToString());
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "README.txt"), "not a record");
        await System.IO.File.WriteAllTextAsync(Path.Combine(Root, "README.txt"), "not a folder");
        Directory.CreateDirectory(Path.Combine(folder, "folder.json"));
        await using WatchRecorder watch = new(registry, service: null);
        await watch.UntilAsync([Sample.Record("Greeter", "good")]);
        Assert.Equal(["Greeter"], (await registry.ListServicesAsync()).ToArray());
        Assert.Equal(2, _log.Lines.Count);
    }

    private FileRegistry Create() => new(new FileRegistryOptions { Directory = Root }, _log);
}
