using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Core;

/// <summary>
/// A subscription to NATS as it is. Nothing comes twice: what there is no room for, and what its handler fails with, is gone, and counted.
/// </summary>
internal sealed class CoreSubscription : NatsSubscriber, ISubscription, IMessageSettler<int>
{
    private readonly NatsClient _client;
    private readonly TopicPattern _pattern;
    private readonly SubscriptionOptions _options;
    private readonly MessagePump<int> _pump;
    private readonly ILogger _logger;
    private readonly Action<ISubscription> _onEnded;
    private readonly int _mostMessages;
    private readonly long _mostBytes;
    private int _held;
    private long _heldBytes;
    private int _isTooSlow;

    public CoreSubscription(
        NatsClient client, TopicPattern pattern, MessageHandler handler, SubscriptionOptions options, NatsBrokerOptions limits, ILogger logger,
        Action<ISubscription> onEnded)
    {
        _client = client;
        _pattern = pattern;
        _options = options;
        _logger = logger;
        _onEnded = onEnded;
        // Nothing slows a publisher of NATS down, so that what comes at once waits here: more of it than elsewhere, where the engine has the rest.
        _mostMessages = options.Prefetch ?? limits.MaxWaitingMessages;
        _mostBytes = limits.MaxWaitingBytes;
        SubscriptionOptions pumping = options.Copy();
        pumping.Prefetch = _mostMessages;
        _pump = new MessagePump<int>(handler, pumping, NatsBroker.CoreCapabilities, this);
    }

    /// <inheritdoc/>
    public string Topic => _pattern.Text;

    /// <inheritdoc/>
    public SubscriptionOptions Options => _options.Copy();

    /// <inheritdoc/>
    public SubscriptionCounts Counts => _pump.Counts;

    /// <summary>Subscribes.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.SubscribeAsync(this, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await _pump.StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void OnMessage(in NatsFrame frame)
    {
        int size = (int)(frame.Payload.Length + frame.Headers.Length);
        // Those in progress count, so that what is held is never more than was asked for. A single message may be larger.
        int held = Interlocked.Increment(ref _held);
        if ((Interlocked.Add(ref _heldBytes, size) > _mostBytes && held > 1) || held > _mostMessages)
        {
            Drop(size);
            if (Interlocked.Exchange(ref _isTooSlow, 1) == 0) NatsLog.TooSlow(_logger, Topic);
            return;
        }

        NatsHeaders headers = default;
        if (frame.Headers.Length > 0 && !NatsHeaders.TryParse(frame.Headers.ToArray(), out headers))
        {
            Drop(size);
            NatsLog.Unreadable(_logger, Topic);
            return;
        }

        IncomingMessage message = new(_pattern.IsExact ? Topic : Encoding.ASCII.GetString(frame.Subject), frame.Payload.AsMemory())
        {
            Key = headers.Key,
            Id = headers.Id,
            Headers = headers.Pairs,
        };
        if (_pump.TryEnqueue(in message, size)) return;
        // It is being ended.
        Drop(size);
    }

    /// <inheritdoc/>
    public override void OnRestored() => Interlocked.Exchange(ref _isTooSlow, 0);

    /// <inheritdoc/>
    public ValueTask SettleAsync(IncomingMessage message, int receipt, MessageOutcome outcome)
    {
        Release(receipt);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IncomingMessage message, int receipt)
    {
        Drop(receipt);
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        _client.Unsubscribe(this);
        await _pump.StopAsync(cancellationToken).ConfigureAwait(false);
        _onEnded(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnsubscribeAsync();

    private void Drop(int size)
    {
        Release(size);
        _pump.CountDropped();
    }

    private void Release(int size)
    {
        Interlocked.Add(ref _heldBytes, -size);
        Interlocked.Decrement(ref _held);
    }
}
