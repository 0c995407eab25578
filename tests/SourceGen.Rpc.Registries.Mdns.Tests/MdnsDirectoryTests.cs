using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Mdns.Tests;

/// <summary>The directory over it.</summary>
public sealed class MdnsDirectoryTests(MdnsConformanceTests.Fixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<MdnsConformanceTests.Fixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class MdnsFleetTests(MdnsConformanceTests.Fixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<MdnsConformanceTests.Fixture>;
