using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Consul.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Consul.Tests;

/// <summary>The suite that every registry runs, against a real Consul.</summary>
[RequiresConsul]
public sealed class ConsulConformanceTests(ConsulFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<ConsulFixture>;
