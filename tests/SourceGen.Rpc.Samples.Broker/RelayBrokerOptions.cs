using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Samples.Broker;

/// <summary>What a <see cref="RelayBroker"/> is created with.</summary>
public sealed class RelayBrokerOptions : BrokerOptions
{
    /// <summary>The engine.</summary>
    public required Relay Relay { get; init; }
}
