namespace SourceGen.Rpc.PubSub.Memory;

/// <summary>A subscription within the process.</summary>
internal sealed class MemorySubscription : ISubscription, IMessageSettler<int>
{
    private readonly MemoryHub _hub;
    private readonly SubscriptionOptions _options;
    private readonly MemoryBrokerOptions _broker;
    private readonly Action<MemorySubscription> _ended;
    private readonly MessagePump<int> _pump;
    private int _returning;

    public MemorySubscription(
        MemoryHub hub,
        TopicPattern pattern,
        MessageHandler handler,
        SubscriptionOptions options,
        MemoryBrokerOptions broker,
        Action<MemorySubscription> ended)
    {
        _hub = hub;
        Topic = pattern.Text;
        _options = options;
        _broker = broker;
        _ended = ended;
        _pump = new MessagePump<int>(handler, options, MemoryBroker.Abilities, this);
    }

    public string Topic { get; }

    public SubscriptionOptions Options => _options.Copy();

    public SubscriptionCounts Counts => _pump.Counts;

    /// <summary>Who shares its messages.</summary>
    public MemoryGroup? Group { get; set; }

    /// <summary>Takes a message if there is room.</summary>
    public bool TryEnqueue(in IncomingMessage message) => _pump.TryEnqueue(in message, 0);

    /// <summary>Takes a message, waiting for room.</summary>
    public ValueTask<bool> EnqueueAsync(in IncomingMessage message, CancellationToken cancellationToken) =>
        _pump.EnqueueAsync(in message, 0, cancellationToken);

    /// <summary>There is no room: what the policy says is done.</summary>
    /// <returns>False when somebody has to wait.</returns>
    public bool TryOverflow(in IncomingMessage message)
    {
        switch (_broker.Overflow)
        {
            case OverflowPolicy.DropNewest:
                _pump.CountDropped();
                return true;
            case OverflowPolicy.DropOldest:
                while (!_pump.TryEnqueue(in message, 0))
                {
                    // When there is none to drop, it has ended.
                    if (_pump.TryDropOldest(message.Key)) continue;
                    _pump.CountDropped();
                    break;
                }

                return true;
            default:
                return false;
        }
    }

    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        _hub.Remove(this); // First, so that what is given back goes to others.
        await _pump.StopAsync(cancellationToken).ConfigureAwait(false);
        _ended(this);
    }

    public ValueTask DisposeAsync() => UnsubscribeAsync();

    public ValueTask SettleAsync(IncomingMessage message, int receipt, MessageOutcome outcome)
    {
        switch (outcome.Settlement)
        {
            case MessageSettlement.Redeliver:
                // As many as may wait in the buffer may wait for their turn to come back; more would be more memory than was allowed.
                if (Interlocked.Increment(ref _returning) <= _options.EffectivePrefetch)
                {
                    _ = ReturnAsync(Keep(message, message.Deliveries + 1), outcome.Delay ?? TimeSpan.Zero);
                }
                else
                {
                    Interlocked.Decrement(ref _returning);
                    _pump.CountDropped();
                }

                return default;
            case MessageSettlement.DeadLetter when _options.DeadLetterTopic is { } topic:
                OutgoingMessage dead = DeadLetters.Create(in message, topic, outcome.Reason);
                return BuryAsync(new IncomingMessage(dead.Topic, dead.Payload) { Key = dead.Key, Id = dead.Id, Headers = dead.Headers });
            default:
                return default;
        }
    }

    public ValueTask AbandonAsync(IncomingMessage message, int receipt) =>
        _options.QueueGroup is null ? default : HandOverAsync(Keep(message, message.Deliveries));

    private static IncomingMessage Keep(in IncomingMessage message, int deliveries) => new(message.Topic, message.Payload.ToArray())
    {
        Key = message.Key,
        Id = message.Id,
        Headers = message.Headers,
        Deliveries = deliveries,
    };

    private async Task ReturnAsync(IncomingMessage message, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero) await Task.Delay(delay).ConfigureAwait(false);
        await HandOverAsync(message).ConfigureAwait(false);
        Interlocked.Decrement(ref _returning);
    }

    /// <summary>Gives a message to somebody of the group, which is perhaps itself; when nobody is left, it is gone.</summary>
    private async ValueTask HandOverAsync(IncomingMessage message)
    {
        if (Group is { } group) await group.DeliverAsync(message, CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask BuryAsync(IncomingMessage message)
    {
        foreach (MemoryGroup group in _hub.Route(message.Topic)) await group.DeliverAsync(message, CancellationToken.None).ConfigureAwait(false);
    }
}
