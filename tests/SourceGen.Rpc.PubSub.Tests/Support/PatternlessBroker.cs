using System.Collections.Concurrent;

namespace SourceGen.Rpc.PubSub.Tests.Support;

/// <summary>A broker within the process as an engine without patterns has it.</summary>
/// <param name="refused">A topic that cannot be subscribed to; null for none.</param>
internal sealed class PatternlessBroker(string? refused = null) : IBroker
{
    private readonly MemoryBroker _broker = new(new MemoryBrokerOptions { Name = Guid.NewGuid().ToString() });

    /// <summary>The subscriptions that were made.</summary>
    public ConcurrentQueue<ISubscription> Subscriptions { get; } = new();

    public BrokerOptions Options => _broker.Options;

    public string Address => _broker.Address;

    public BrokerCapabilities Capabilities => _broker.Capabilities & ~BrokerCapabilities.Patterns;

    public BrokerState State => _broker.State;

    public ValueTask ConnectAsync(CancellationToken cancellationToken = default) => _broker.ConnectAsync(cancellationToken);

    public ValueTask DisconnectAsync(CancellationToken cancellationToken = default) => _broker.DisconnectAsync(cancellationToken);

    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default) =>
        _broker.PublishAsync(in message, cancellationToken);

    public async ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        (options ?? new SubscriptionOptions()).Validate(TopicPattern.Parse(topic), Capabilities, Address);
        if (topic == refused) throw BrokerErrors.Lost(Address, "the test says so", RpcCallProgress.NotSent);
        ISubscription subscription = await _broker.SubscribeAsync(topic, handler, options, cancellationToken);
        Subscriptions.Enqueue(subscription);
        return subscription;
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();
}
