using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class NatsCoreConformanceTests(NatsCoreConformanceTests.CoreFixture fixture)
    : BrokerConformance(fixture), IClassFixture<NatsCoreConformanceTests.CoreFixture>
{
    public sealed class CoreFixture : NatsFixture
    {
        protected override bool HasJetStream => false;
    }
}
