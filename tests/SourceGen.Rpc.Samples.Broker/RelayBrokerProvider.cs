using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Samples.Broker;

/// <summary>Serves <c>relay://</c>: all brokers of one provider reach each other.</summary>
public sealed class RelayBrokerProvider : IBrokerProvider
{
    private readonly Relay _relay = new();

    public string Scheme => "relay";

    public IBroker Create(RpcAddress address) => new RelayBroker(new RelayBrokerOptions { Relay = _relay });
}
