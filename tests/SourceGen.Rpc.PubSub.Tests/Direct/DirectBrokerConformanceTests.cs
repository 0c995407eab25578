using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Registries.Memory;

namespace SourceGen.Rpc.PubSub.Tests.Direct;

public sealed class DirectBrokerConformanceTests(DirectBrokerConformanceTests.DirectFixture fixture)
    : BrokerConformance(fixture), IClassFixture<DirectBrokerConformanceTests.DirectFixture>
{
    public sealed class DirectFixture : BrokerFixture
    {
        private readonly DirectBrokerProvider _provider = new([new MemoryRegistryProvider()]);

        public override bool HasEngine => false;

        public override int? MaxMessageBytes => 16_000_000;

        public override IBroker Create() => _provider.Create(RpcAddress.Parse("direct://conformance?registry=memory%3A%2F%2Fdirect-conformance"));

        public override Task SettleAsync(IBroker publisher, string topic, int subscriptions) =>
            DirectLab.KnowAsync((DirectBroker)publisher, topic, subscriptions);
    }
}
