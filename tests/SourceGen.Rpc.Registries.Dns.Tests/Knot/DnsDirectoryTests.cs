using SourceGen.Rpc.Registries.Conformance;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Dns.Tests.Knot;

/// <summary>The directory over it.</summary>
public sealed class DnsDirectoryTests(DnsConformanceTests.Fixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<DnsConformanceTests.Fixture>;

/// <summary>A fleet that finds itself by it.</summary>
public sealed class DnsFleetTests(DnsConformanceTests.Fixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<DnsConformanceTests.Fixture>;
