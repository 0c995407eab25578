using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Consul.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Consul.Tests;

/// <summary>The directory over it.</summary>
[RequiresConsul]
public sealed class ConsulDirectoryTests(ConsulFixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<ConsulFixture>;

/// <summary>A fleet that finds itself by it.</summary>
[RequiresConsul]
public sealed class ConsulFleetTests(ConsulFixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<ConsulFixture>;
