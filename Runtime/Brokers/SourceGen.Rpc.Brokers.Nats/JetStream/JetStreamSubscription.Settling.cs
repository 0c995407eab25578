using System.Globalization;
using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Telling JetStream what became of messages, and that some still wait.</summary>
internal sealed partial class JetStreamSubscription
{
    /// <inheritdoc/>
    public async ValueTask SettleAsync(IncomingMessage message, JetStreamDelivery receipt, MessageOutcome outcome)
    {
        switch (outcome.Settlement)
        {
            case MessageSettlement.Acknowledge:
                Settle(receipt, "+ACK"u8);
                return;
            case MessageSettlement.Redeliver:
                GiveBack(receipt, outcome.Delay ?? _options.EffectiveRedeliveryDelay);
                return;
        }

        if (_options.DeadLetterTopic is { } topic)
        {
            try
            {
                // The id keeps one that is published twice from being kept twice. The message's own would be a duplicate of the message, if both are in
                // one stream.
                await _publisher.PublishAsync(
                    DeadLetters.Create(in message, topic, outcome.Reason),
                    string.Create(CultureInfo.InvariantCulture, $"dead:{_consumer.Stream}:{_consumer.Name}:{receipt.Sequence}"),
                    CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or ArgumentException)
            {
                NatsLog.DeadLetterFailed(_logger, message.Topic, topic, e.Message);
                GiveBack(receipt, _options.EffectiveRedeliveryDelay);
                return;
            }
        }

        Settle(receipt, "+TERM"u8);
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IncomingMessage message, JetStreamDelivery receipt)
    {
        GiveBack(receipt, TimeSpan.Zero);
        return default;
    }

    /// <inheritdoc/>
    public void Begin(JetStreamDelivery receipt)
    {
        lock (_gate)
        {
            receipt.IsBegun = true;
            // The time that a handler has begins with it, not when the message came.
            if (Environment.TickCount64 - receipt.Touched > _consumer.AckWait.TotalMilliseconds / 10) Extend(receipt);
        }
    }

    /// <inheritdoc/>
    public ValueTask ExtendAsync(JetStreamDelivery receipt, TimeSpan delay)
    {
        lock (_gate)
        {
            Extend(receipt);
            // Until its handler is begun with it again.
            receipt.IsBegun = false;
        }

        return default;
    }

    private void ExtendWaiting()
    {
        double patience = _consumer.AckWait.TotalMilliseconds / 3;
        lock (_gate)
        {
            foreach (JetStreamDelivery delivery in _held)
            {
                if (!delivery.IsBegun && Environment.TickCount64 - delivery.Touched >= patience) Extend(delivery);
            }
        }
    }

    private void Extend(JetStreamDelivery delivery)
    {
        delivery.Touched = Environment.TickCount64;
        if (delivery.IsVoid) return;
        _client.Post(delivery.Reply, null, "+WPI"u8);
    }

    /// <summary>Lets a message come again. Until it does, it is known that it is to come.</summary>
    private void GiveBack(JetStreamDelivery delivery, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_options.QueueGroup is null && !delivery.IsVoid && _held.Contains(delivery)) _givenBack.Add(delivery.Sequence);
        }

        Settle(
            delivery,
            delay <= TimeSpan.Zero
                ? "-NAK"u8
                : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"-NAK {{\"delay\":{JetStreamTime.ToNanoseconds(delay)}}}")));
    }

    private void Settle(JetStreamDelivery delivery, ReadOnlySpan<byte> word)
    {
        bool isRoomy;
        lock (_gate)
        {
            if (!_held.Remove(delivery)) return;
            if (!delivery.IsVoid) _client.Post(delivery.Reply, null, word);
            isRoomy = _requested + _held.Count <= _prefetch / 2;
        }

        if (isRoomy) _wake.Set();
    }
}
