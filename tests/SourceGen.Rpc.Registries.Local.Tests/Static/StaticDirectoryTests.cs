using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>The directory over it.</summary>
public sealed class StaticDirectoryTests(StaticFixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<StaticFixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class StaticFleetTests(StaticFixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<StaticFixture>;
