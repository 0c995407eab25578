using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>The directory over it.</summary>
public sealed class ZooKeeperDirectoryTests(ZooKeeperFixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<ZooKeeperFixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class ZooKeeperFleetTests(ZooKeeperFixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<ZooKeeperFixture>;
