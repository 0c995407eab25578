using System.Reflection;

namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>
/// The packages of the repository, and projects that use them. Each stage is made once, when the first test needs it, and all of it is
/// deleted after the last.
/// </summary>
public sealed class Product : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly Lazy<Task> _packed;
    private readonly Lazy<Task> _created;
    private readonly Lazy<Task> _built;
    private readonly Lazy<Task> _published;

    public Product()
    {
        _packed = new(PackAsync);
        _created = new(CreateAsync);
        _built = new(BuildAsync);
        _published = new(PublishAsync);
    }

    /// <summary>A version that no cache has seen.</summary>
    internal string Version { get; } = $"0.1.0-test.run{Guid.NewGuid():N}";

    internal string PathOf(params string[] parts) => _workspace.PathOf(["projects", .. parts]);

    internal async Task<PackageFile> PackageAsync(string id, string extension = "nupkg")
    {
        await _packed.Value;
        return new PackageFile(Path.Combine(_workspace.Feed, $"{id}.{Version}.{extension}"));
    }

    /// <summary>The names of all files that packing the solution made.</summary>
    internal async Task<string[]> PackedFilesAsync()
    {
        await _packed.Value;
        return [.. Directory.EnumerateFiles(_workspace.Feed).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Waits until the templates' projects exist.</summary>
    internal Task CreatedAsync() => _created.Value;

    /// <summary>Waits until all projects are built.</summary>
    internal Task BuiltAsync() => _built.Value;

    /// <summary>Waits until the native projects are published.</summary>
    internal Task PublishedAsync() => _published.Value;

    internal async Task<ProgramResult> DotNetAsync(params string[] arguments) => await _workspace.RunAsync(_workspace.Projects, arguments);

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    private async Task PackAsync()
    {
        await _workspace.ConfigureAsync();

        // Packages are made of what is built for Release. Tests that are built for it have had it built with them.
        if (typeof(Product).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration != "Release")
        {
            await _workspace.DotNetAsync(
                Repository.Root, "build", "SourceGen.sln", "-c", "Release", "-nodeReuse:false", "-v", "quiet");
        }

        await _workspace.DotNetAsync(
            Repository.Root,
            "pack", "SourceGen.sln", "-c", "Release", "--no-build", "-nodeReuse:false",
            "-o", _workspace.Feed, $"-p:PackageVersion={Version}");
    }

    private async Task CreateAsync()
    {
        await _packed.Value;
        await NewAsync("install", Path.Combine(_workspace.Feed, $"SourceGen.Rpc.Templates.{Version}.nupkg"));

        // A name that is none in C#.
        await NewAsync("rpc-app", "-n", "my-app", "--no-restore");
        await NewAsync("rpc-contracts", "-n", "Shop.Contracts", "--no-restore", "--aot");
        await NewAsync("rpc-server", "-n", "Shop.Server", "--no-restore", "--contracts", "../Shop.Contracts/Shop.Contracts.csproj");
        await NewAsync("rpc-client", "-n", "Shop.Client", "--no-restore", "--contracts", "../Shop.Contracts/Shop.Contracts.csproj");
        await NewAsync("rpc-server", "-n", "Native.Server", "--no-restore", "--framework", "net9.0", "--aot");
        await NewAsync("rpc-client", "-n", "Native.Client", "--no-restore", "--framework", "net9.0", "--aot");
        Consumers.WriteAll(_workspace, Version);
    }

    private async Task NewAsync(params string[] arguments) =>
        await _workspace.DotNetAsync(_workspace.Projects, ["new", .. arguments, "--debug:custom-hive", _workspace.PathOf("hive")]);

    private async Task BuildAsync()
    {
        await _created.Value;
        string[] projects =
        [
            .. Directory.EnumerateFiles(_workspace.Projects, "*.csproj", SearchOption.AllDirectories)
                .Where(file => !Path.GetFileName(file).StartsWith("Native.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        IEnumerable<string> paths = projects.Select(file => Path.GetRelativePath(_workspace.Projects, file));
        string solution = string.Concat(paths.Select(path => $"<Project Path=\"{path}\" />"));
        _workspace.Write("projects/All.slnx", $"<Solution>{solution}</Solution>");
        await _workspace.DotNetAsync(_workspace.Projects, "build", "All.slnx", "-warnaserror", "-nodeReuse:false");
    }

    private async Task PublishAsync()
    {
        await _created.Value;
        string[] outputs = await Task.WhenAll(((string[])["Native.Server", "Native.Client"]).Select(project =>
            _workspace.DotNetAsync(
                _workspace.Projects, "publish", project, "-o", PathOf("native", project), "-warnaserror", "-nodeReuse:false")));
        Assert.All(outputs, output => Assert.Contains("Generating native code", output, StringComparison.Ordinal));
    }
}
