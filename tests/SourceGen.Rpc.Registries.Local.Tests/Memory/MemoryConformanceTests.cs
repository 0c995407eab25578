using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Memory;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Local.Tests;

public sealed class MemoryConformanceTests(MemoryFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<MemoryFixture>;

public sealed class MemoryFixture : RegistryFixture
{
    private readonly string _name = $"suite-{Guid.NewGuid():N}";

    public override TimeSpan ShortestTimeToLive => TimeSpan.FromMilliseconds(500);

    public override IRegistry Create() => new MemoryRegistry(new MemoryRegistryOptions { Name = _name });
}
