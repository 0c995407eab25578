using System.Diagnostics;

namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>
/// A directory in which projects are created and built as a user does it: with a feed that holds the packages under test, a package
/// cache and template settings of its own. What the machine has in its own cache is read, never written.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    private readonly TemporaryDirectory _directory = new();
    private readonly CompilerServer _compiler = new();

    public Workspace()
    {
        foreach (string name in (string[])["feed", "hive", "packages", "projects"]) Directory.CreateDirectory(PathOf(name));
    }

    /// <summary>Where packages under test are put, and restored from.</summary>
    public string Feed => PathOf("feed");

    public string Projects => PathOf("projects");

    public string PathOf(params string[] parts) => Path.Combine([_directory.Path, .. parts]);

    public void Write(string path, string text)
    {
        string file = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Adds the feed to the package sources that the machine is configured with.</summary>
    public async Task ConfigureAsync()
    {
        // The cache of the machine saves fetching what it has already. It cannot hold the packages under test: their version is new.
        const string prefix = "global-packages:";
        ProgramResult locals = await RunAsync(Repository.Root, "nuget", "locals", "global-packages", "--list", "--force-english-output");
        string cache = locals.Output.Split('\n').Single(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..].Trim();
        Write("nuget.config", $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="{PathOf("packages")}" />
              </config>
              <packageSources>
                <add key="under-test" value="{Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="machine" value="{cache}" />
              </fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Runs dotnet with success.</summary>
    public async Task<string> DotNetAsync(string directory, params string[] arguments)
    {
        ProgramResult result = await RunAsync(directory, arguments);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{result.Output}{result.Error}");
        return result.Output;
    }

    /// <summary>Runs dotnet, in a way that leaves neither processes nor files behind.</summary>
    public async Task<ProgramResult> RunAsync(string directory, params string[] arguments)
    {
        ProcessStartInfo start = Program.Describe(Program.DotNet, arguments);
        start.WorkingDirectory = directory;
        _compiler.Serve(start);
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        if (directory != Repository.Root) start.Environment.Remove("NUGET_PACKAGES");
        return await Program.RunAsync(s_limit, start);
    }

    public void Dispose()
    {
        _compiler.Dispose();
        _directory.Dispose();
    }
}
