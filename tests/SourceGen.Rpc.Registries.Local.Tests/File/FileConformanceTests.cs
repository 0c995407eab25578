using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.File;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Local.Tests;

public sealed class FileConformanceTests(FileFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<FileFixture>;

/// <summary>A directory. Its outage: it is gone with all that was in it, and something else stands in its place.</summary>
public sealed class FileFixture : RegistryFixture
{
    private readonly TemporaryDirectory _temporary = new();

    public override bool HasServer => true;

    public override TimeSpan ShortestTimeToLive => TimeSpan.FromSeconds(1);

    private string Root => _temporary["registry"];

    public override Task DisposeAsync()
    {
        _temporary.Dispose();
        return Task.CompletedTask;
    }

    public override IRegistry Create() => new FileRegistry(new FileRegistryOptions { Directory = Root });

    public override IRegistry CreateUnreachable()
    {
        string file = _temporary["file"];
        System.IO.File.WriteAllText(file, "");
        return new FileRegistry(new FileRegistryOptions { Directory = Path.Combine(file, "registry") });
    }

    public override Task KillServerAsync()
    {
        Directory.Move(Root, _temporary["gone"]);
        System.IO.File.WriteAllText(Root, "");
        return Task.CompletedTask;
    }

    public override Task RestartServerAsync()
    {
        System.IO.File.Delete(Root);
        Directory.Delete(_temporary["gone"], recursive: true);
        return Task.CompletedTask;
    }
}
