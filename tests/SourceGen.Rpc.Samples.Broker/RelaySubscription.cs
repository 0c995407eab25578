using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Samples.Broker;

/// <summary>A subscription. The pump does all that brokers have in common; there is nobody to tell what became of a message.</summary>
internal sealed class RelaySubscription : ISubscription, IMessageSettler<int>
{
    private readonly Relay _relay;
    private readonly SubscriptionOptions _options;
    private readonly MessagePump<int> _pump;

    public RelaySubscription(Relay relay, TopicPattern pattern, MessageHandler handler, SubscriptionOptions options)
    {
        _relay = relay;
        Pattern = pattern;
        _options = options;
        _pump = new MessagePump<int>(handler, options, RelayBroker.Abilities, this);
        relay.Add(this);
    }

    public TopicPattern Pattern { get; }

    public string Topic => Pattern.Text;

    public SubscriptionOptions Options => _options.Copy();

    public SubscriptionCounts Counts => _pump.Counts;

    public async ValueTask EnqueueAsync(IncomingMessage message, CancellationToken cancellationToken) =>
        await _pump.EnqueueAsync(in message, 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        _relay.Remove(this);
        await _pump.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => UnsubscribeAsync();

    public ValueTask SettleAsync(IncomingMessage message, int receipt, MessageOutcome outcome) => default;

    public ValueTask AbandonAsync(IncomingMessage message, int receipt) => default;
}
