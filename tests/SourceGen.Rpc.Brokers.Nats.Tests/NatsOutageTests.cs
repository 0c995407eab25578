using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.PubSub;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class NatsOutageTests(NatsJetStreamConformanceTests.JetStreamFixture fixture, ITestOutputHelper output)
    : OutageConformance(fixture, output), IClassFixture<NatsJetStreamConformanceTests.JetStreamFixture>
{
    /// <summary>For two minutes.</summary>
    protected override bool DropsRepeatedIds => true;

    protected override SubscriptionOptions CreateOptions()
    {
        SubscriptionOptions options = base.CreateOptions();
        // What a killed server had delivered comes again after this time, by default half a minute.
        options.AckTimeout = TimeSpan.FromSeconds(2);
        return options;
    }
}
