using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>The suite that every registry runs, against a real etcd.</summary>
public sealed class EtcdConformanceTests(EtcdFixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<EtcdFixture>;
