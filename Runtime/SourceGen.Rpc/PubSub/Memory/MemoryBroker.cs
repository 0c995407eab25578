using SourceGen.Rpc.PubSub.Memory;

namespace SourceGen.Rpc.PubSub;

/// <summary>
/// A broker within the process: messages go from publishers to the buffers of subscriptions, and no further. For programs of one process, and for
/// tests of those that have another broker in production.
/// </summary>
/// <remarks>
/// A message that is not handled is delivered again, as with a real engine; but nothing outlives the process. Publishing allocates nothing, and
/// completes when every subscription has the message in its buffer.
/// </remarks>
public sealed class MemoryBroker : IBroker
{
    /// <summary>What it can do.</summary>
    internal const BrokerCapabilities Abilities = BrokerCapabilities.QueueGroups | BrokerCapabilities.Patterns | BrokerCapabilities.Redelivery
        | BrokerCapabilities.DeadLetters | BrokerCapabilities.PublisherConfirms;

    private readonly MemoryBrokerOptions _options;
    private readonly HashSet<MemorySubscription> _subscriptions = [];
    private readonly Lock _gate = new();
    private volatile MemoryHub? _hub;
    private volatile BrokerState _state = new(BrokerStatus.Disconnected, DateTimeOffset.UtcNow);

    /// <summary>Creates a broker.</summary>
    /// <param name="options">What it is to be like; null for the defaults. They are copied.</param>
    public MemoryBroker(MemoryBrokerOptions? options = null)
    {
        _options = (options ?? new MemoryBrokerOptions()).Copy();
        Address = $"memory://{_options.Name}";
    }

    /// <inheritdoc/>
    public BrokerOptions Options => _options.Copy();

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities => Abilities;

    /// <inheritdoc/>
    public BrokerState State => _state;

    /// <inheritdoc/>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_hub is not null) return default;
            _hub = MemoryHub.Join(_options.Name);
            _state = new BrokerState(BrokerStatus.Connected, DateTimeOffset.UtcNow);
        }

        return default;
    }

    /// <inheritdoc/>
    public async ValueTask DisconnectAsync(CancellationToken cancellationToken = default)
    {
        MemorySubscription[] subscriptions;
        MemoryHub? hub;
        lock (_gate)
        {
            (hub, _hub) = (_hub, null);
            if (hub is null) return;
            _state = new BrokerState(BrokerStatus.Disconnected, DateTimeOffset.UtcNow);
            subscriptions = [.. _subscriptions];
        }

        await Task.WhenAll(subscriptions.Select(one => one.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        hub.Leave();
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        MemoryHub hub = _hub ?? throw BrokerErrors.NotConnected(Address);
        MemoryGroup[] groups = hub.Route(message.Topic);
        if (groups.Length == 0) return default;
        IncomingMessage incoming = new(message.Topic, message.Payload) { Key = message.Key, Id = message.Id, Headers = message.Headers };
        for (int i = 0; i < groups.Length; i++)
        {
            if (!groups[i].TryDeliver(in incoming)) return WaitAsync(groups, i, incoming, cancellationToken);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        TopicPattern pattern = TopicPattern.Parse(topic);
        options = options?.Copy() ?? new SubscriptionOptions();
        options.Validate(pattern, Capabilities, "memory://");
        options.Prefetch ??= Math.Max(_options.Capacity, options.Concurrency);
        lock (_gate)
        {
            MemoryHub hub = _hub ?? throw BrokerErrors.NotConnected(Address);
            MemorySubscription subscription = new(hub, pattern, handler, options, _options, Forget);
            _subscriptions.Add(subscription);
            hub.Add(subscription);
            return new ValueTask<ISubscription>(subscription);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisconnectAsync();

    /// <summary>Some have the message, and others have no room for it yet.</summary>
    private async ValueTask WaitAsync(MemoryGroup[] groups, int first, IncomingMessage message, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.PublishTimeout);
        for (int i = first; i < groups.Length; i++)
        {
            try
            {
                await groups[i].DeliverAsync(message, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw BrokerErrors.Full(
                    Address, $"the buffer of {groups[i]} had no room for '{message.Topic}' within {_options.PublishTimeout.TotalSeconds:0.###} s. Its handler is "
                    + "slower than what is published: give it more Concurrency, or the broker another overflow policy.");
            }
        }
    }

    private void Forget(MemorySubscription subscription)
    {
        lock (_gate) _subscriptions.Remove(subscription);
    }
}
