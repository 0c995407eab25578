using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>The directory over it.</summary>
public sealed class MemoryDirectoryTests(MemoryFixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<MemoryFixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class MemoryFleetTests(MemoryFixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<MemoryFixture>;
