using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class NatsJetStreamConformanceTests(NatsJetStreamConformanceTests.JetStreamFixture fixture)
    : BrokerConformance(fixture), IClassFixture<NatsJetStreamConformanceTests.JetStreamFixture>
{
    public sealed class JetStreamFixture : NatsFixture
    {
        protected override bool HasJetStream => true;
    }
}
