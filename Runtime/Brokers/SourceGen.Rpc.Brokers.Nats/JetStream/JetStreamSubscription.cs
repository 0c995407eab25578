using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>
/// A subscription to a consumer of JetStream. It asks for as many messages as it has room for, and keeps asking; those that wait for their handler
/// are kept from being delivered to others meanwhile.
/// </summary>
internal sealed partial class JetStreamSubscription : ISubscription, IMessageSettler<JetStreamDelivery>
{
    private readonly NatsClient _client;
    private readonly JetStreamPublisher _publisher;
    private readonly JetStreamConsumer _consumer;
    private readonly TopicPattern _pattern;
    private readonly SubscriptionOptions _options;
    private readonly ILogger _logger;
    private readonly Action<ISubscription> _onEnded;
    private readonly MessagePump<JetStreamDelivery> _pump;
    private readonly JetStreamInbox _inbox;
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly int _prefetch;
    private Task _pulling = Task.CompletedTask;

    // Guards all that follows.
    private readonly Lock _gate = new();
    private readonly HashSet<JetStreamDelivery> _held = [];
    private readonly HashSet<ulong> _givenBack = [];
    private int _requested;
    private long _nextPull;
    private long _lastHeard;
    private bool _isConsumerGone;
    private string? _problem;
    private Task? _receivingEnded;
    private Task? _closed;

    public JetStreamSubscription(
        NatsClient client, JetStreamPublisher publisher, JetStreamConsumer consumer, TopicPattern pattern, MessageHandler handler, SubscriptionOptions options,
        ILogger logger, Action<ISubscription> onEnded)
    {
        _client = client;
        _publisher = publisher;
        _consumer = consumer;
        _pattern = pattern;
        _options = options;
        _logger = logger;
        _onEnded = onEnded;
        _prefetch = options.EffectivePrefetch;
        _inbox = new JetStreamInbox(this) { Subject = JetStreamInbox.CreateSubject() };
        _pump = new MessagePump<JetStreamDelivery>(handler, options, NatsBroker.JetStreamCapabilities, this);
    }

    /// <inheritdoc/>
    public string Topic => _pattern.Text;

    /// <inheritdoc/>
    public SubscriptionOptions Options => _options.Copy();

    /// <inheritdoc/>
    public SubscriptionCounts Counts => _pump.Counts;

    /// <summary>Finds or makes the consumer, and begins to ask it for messages.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _consumer.OpenAsync(cancellationToken).ConfigureAwait(false);
            await _client.SubscribeAsync(_inbox, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await _pump.StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        _pulling = Task.Run(PullAsync, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        Task receivingEnded;
        lock (_gate) receivingEnded = _receivingEnded ??= Task.Run(EndReceivingAsync, CancellationToken.None);
        await receivingEnded.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pump.StopAsync(cancellationToken).ConfigureAwait(false);
        Task closed;
        lock (_gate) closed = _closed ??= Task.Run(CloseAsync, CancellationToken.None);
        await closed.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnsubscribeAsync();

    private async Task EndReceivingAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _pulling.ConfigureAwait(false);
        // What is on its way comes, and is given back at once: the pump takes no more.
        Task stopping = _pump.StopAsync(CancellationToken.None);
        await _client.DrainAsync(_inbox, CancellationToken.None).ConfigureAwait(false);
        _client.Unsubscribe(_inbox);
        _ = stopping;
    }

    private async Task CloseAsync()
    {
        try
        {
            // Without a connection it ends by itself.
            if (_client.Info is not null) await _consumer.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            NatsLog.PullFailed(_logger, Topic, e.Message);
        }

        _onEnded(this);
    }
}
