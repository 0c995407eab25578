using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Samples.Broker;

/// <summary>A broker that can do nothing but publish and subscribe, with patterns; and says so of everything else.</summary>
public sealed class RelayBroker(RelayBrokerOptions options) : IBroker
{
    internal const BrokerCapabilities Abilities = BrokerCapabilities.Patterns;

    private readonly Lock _gate = new();
    private readonly List<RelaySubscription> _subscriptions = [];

    public BrokerOptions Options => options;

    public string Address => "relay://";

    public BrokerCapabilities Capabilities => Abilities;

    public BrokerState State { get; private set; } = new(BrokerStatus.Disconnected, DateTimeOffset.UtcNow);

    private bool IsConnected => State.Status == BrokerStatus.Connected;

    public ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        if (!IsConnected) State = new BrokerState(BrokerStatus.Connected, DateTimeOffset.UtcNow);
        return default;
    }

    public async ValueTask DisconnectAsync(CancellationToken cancellationToken = default)
    {
        RelaySubscription[] subscriptions;
        lock (_gate)
        {
            if (IsConnected) State = new BrokerState(BrokerStatus.Disconnected, DateTimeOffset.UtcNow);
            subscriptions = [.. _subscriptions];
            _subscriptions.Clear();
        }

        await Task.WhenAll(subscriptions.Select(one => one.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
    }

    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        if (!IsConnected) throw BrokerErrors.NotConnected(Address);
        TopicName.Check(message.Topic);
        return options.Relay.PassOnAsync(message, cancellationToken);
    }

    public ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        TopicPattern pattern = TopicPattern.Parse(topic);
        SubscriptionOptions own = options?.Copy() ?? new SubscriptionOptions();
        own.Validate(pattern, Capabilities, Address);
        lock (_gate)
        {
            if (!IsConnected) throw BrokerErrors.NotConnected(Address);
            RelaySubscription subscription = new(Relay, pattern, handler, own);
            _subscriptions.Add(subscription);
            return new ValueTask<ISubscription>(subscription);
        }
    }

    public ValueTask DisposeAsync() => DisconnectAsync();

    private Relay Relay => options.Relay;
}
