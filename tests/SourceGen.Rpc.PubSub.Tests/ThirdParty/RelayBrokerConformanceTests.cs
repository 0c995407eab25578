using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Samples.Broker;

namespace SourceGen.Rpc.PubSub.Tests.ThirdParty;

/// <summary>A broker that somebody wrote against the abstractions alone does what all brokers do.</summary>
public sealed class RelayBrokerConformanceTests(RelayBrokerConformanceTests.RelayFixture fixture)
    : BrokerConformance(fixture), IClassFixture<RelayBrokerConformanceTests.RelayFixture>
{
    public sealed class RelayFixture : BrokerFixture
    {
        private readonly RelayBrokerProvider _provider = new();

        public override bool HasEngine => false;

        public override IBroker Create() => _provider.Create(RpcAddress.Parse("relay://"));
    }
}
