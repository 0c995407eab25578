using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>A subscription of this process.</summary>
internal sealed class DirectSubscription : ISubscription, IMessageSettler<DeliveryReceipt>
{
    /// <summary>Publishers keep to what each may send; together they may send more, and that waits here.</summary>
    private const int MostWaiting = 1_000_000;

    private readonly SubscriptionOptions _options;
    private readonly DirectHub _hub;
    private readonly DirectBroker _broker;
    private readonly ILogger _logger;
    private readonly MessagePump<DeliveryReceipt> _pump;
    private readonly int _maxDeliveries;
    private readonly Lock _gate = new();
    private Task? _ended;

    public DirectSubscription(
        DirectBroker broker, DirectHub hub, SubscriptionEntry entry, MessageHandler handler, SubscriptionOptions options, ILogger logger)
    {
        _broker = broker;
        _hub = hub;
        Entry = entry;
        _options = options;
        _logger = logger;
        _maxDeliveries = options.GetMaxDeliveries(DirectBroker.Abilities);
        SubscriptionOptions pumping = options.Copy();
        pumping.Prefetch = MostWaiting;
        _pump = new MessagePump<DeliveryReceipt>(handler, pumping, DirectBroker.Abilities, this);
    }

    /// <summary>The view of those who publish, from when it began.</summary>
    public DirectHub Hub => _hub;

    /// <summary>What publishers are told.</summary>
    public SubscriptionEntry Entry { get; }

    public string Topic => Entry.Pattern;

    public SubscriptionOptions Options => _options.Copy();

    public SubscriptionCounts Counts => _pump.Counts;

    /// <summary>Takes a message from a publisher.</summary>
    public void Accept(in IncomingMessage message, DeliveryReceipt receipt)
    {
        if (message.Deliveries > _maxDeliveries)
        {
            // It comes back from those who did not answer, whom it killed perhaps.
            IncomingMessage kept = new(message.Topic, message.Payload.ToArray())
            {
                Key = message.Key,
                Id = message.Id,
                Headers = message.Headers,
                Deliveries = message.Deliveries - 1,
            };
            if (_options.DeadLetterTopic is null) _pump.CountDropped();
            _ = BuryAsync(kept, receipt, "it was delivered too often to subscribers that did not answer").AsTask();
        }
        else if (!_pump.TryEnqueue(in message, receipt))
        {
            receipt.Settle(DeliveryVerdict.Untouched, DeliverySession.UnknownDelay); // It has just been stopped.
        }
    }

    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        Task ended;
        lock (_gate) ended = _ended ??= _broker.WithdrawAsync(this);
        await ended.ConfigureAwait(false); // First, so that what is given back goes to others.
        await _pump.StopAsync(cancellationToken).ConfigureAwait(false);
        _broker.Forget(this);
    }

    public ValueTask DisposeAsync() => UnsubscribeAsync();

    public ValueTask SettleAsync(IncomingMessage message, DeliveryReceipt receipt, MessageOutcome outcome)
    {
        switch (outcome.Settlement)
        {
            case MessageSettlement.Redeliver:
                receipt.Settle(DeliveryVerdict.Again, outcome.Delay ?? TimeSpan.Zero);
                return default;
            case MessageSettlement.DeadLetter:
                return BuryAsync(message, receipt, outcome.Reason);
            default:
                receipt.Settle(DeliveryVerdict.Done);
                return default;
        }
    }

    public ValueTask AbandonAsync(IncomingMessage message, DeliveryReceipt receipt)
    {
        receipt.Settle(_options.QueueGroup is null ? DeliveryVerdict.Done : DeliveryVerdict.Untouched);
        return default;
    }

    public ValueTask ExtendAsync(DeliveryReceipt receipt, TimeSpan delay)
    {
        receipt.Settle(DeliveryVerdict.Later, delay);
        return default;
    }

    private async ValueTask BuryAsync(IncomingMessage message, DeliveryReceipt receipt, string? reason)
    {
        if (_options.DeadLetterTopic is { } topic)
        {
            try
            {
                await _broker.PublishAsync(_hub, DeadLetters.Create(in message, topic, reason), CancellationToken.None).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                DirectLog.NotBuried(_logger, message.Topic, topic, e.Message);
                receipt.Settle(DeliveryVerdict.Untouched, _options.EffectiveRedeliveryDelay);
                return;
            }
        }

        receipt.Settle(DeliveryVerdict.Done);
    }
}
