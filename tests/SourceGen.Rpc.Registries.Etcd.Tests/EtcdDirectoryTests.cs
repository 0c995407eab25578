using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>The directory over it.</summary>
public sealed class EtcdDirectoryTests(EtcdFixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<EtcdFixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class EtcdFleetTests(EtcdFixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<EtcdFixture>;
