using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Mdns.Tests;

/// <summary>
/// What every registry must do, on the loopback interface. Each client is a responder of its own, as if it were another machine.
/// </summary>
public sealed class MdnsConformanceTests(MdnsConformanceTests.Fixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<MdnsConformanceTests.Fixture>
{
    /// <summary>A network of the class's own.</summary>
    public sealed class Fixture : RegistryFixture
    {
        private readonly Network _network = new();

        public override bool CanPersist => false;

        public override int Rounds => 4;

        // What is on one local network.
        public override int BigServices => 30;

        public override int BigNodes => 10;

        public override IRegistry Create() => _network.Create();

        public override IRegistry CreateUnreachable() => _network.Create(interfaceName: "nowhere0");
    }
}
