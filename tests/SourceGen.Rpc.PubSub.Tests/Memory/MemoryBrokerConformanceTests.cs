using SourceGen.Rpc.Brokers.Conformance;

namespace SourceGen.Rpc.PubSub.Tests.Memory;

public sealed class MemoryBrokerConformanceTests(MemoryBrokerConformanceTests.MemoryFixture fixture)
    : BrokerConformance(fixture), IClassFixture<MemoryBrokerConformanceTests.MemoryFixture>
{
    public sealed class MemoryFixture : BrokerFixture
    {
        public override bool HasEngine => false;

        public override IBroker Create() => new MemoryBrokerProvider().Create(RpcAddress.Parse("memory://conformance"));
    }
}
