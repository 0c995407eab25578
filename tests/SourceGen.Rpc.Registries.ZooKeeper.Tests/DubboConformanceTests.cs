using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>What every registry must do, with the URLs of Dubbo as records.</summary>
public sealed class DubboConformanceTests(DubboFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<DubboFixture>;
