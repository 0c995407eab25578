using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>What every registry must do, against a real server.</summary>
public sealed class ZooKeeperConformanceTests(ZooKeeperFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<ZooKeeperFixture>;
