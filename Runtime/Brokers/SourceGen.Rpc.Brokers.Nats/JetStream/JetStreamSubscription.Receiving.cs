using System.Buffers;
using System.Globalization;
using System.Text;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>What the loop that reads brings: messages, and word of what was asked for.</summary>
internal sealed partial class JetStreamSubscription
{
    /// <summary>A message, or word of a request for messages.</summary>
    public void OnMessage(in NatsFrame frame)
    {
        NatsHeaders headers = default;
        bool isReadable = frame.Headers.Length == 0 || NatsHeaders.TryParse(frame.Headers.ToArray(), out headers);
        if (isReadable && headers.Status != 0)
        {
            OnStatus(in headers);
            return;
        }

        if (!AckSubject.TryParse(frame.Reply, out AckSubject ack)) return;
        if (!isReadable)
        {
            Count(null, ack.StreamSequence);
            _pump.CountDropped();
            NatsLog.Unreadable(_logger, Topic);
            _client.Post(frame.Reply, null, "+TERM"u8);
            return;
        }

        JetStreamDelivery delivery = new(frame.Reply.ToArray(), ack.StreamSequence);
        IncomingMessage message = new(_pattern.IsExact ? Topic : Encoding.ASCII.GetString(frame.Subject), frame.Payload.AsMemory())
        {
            Key = headers.Key,
            Id = headers.Id,
            Headers = headers.Pairs,
            Deliveries = ack.Deliveries,
        };
        Count(delivery, ack.StreamSequence);
        // Without room: it is being ended, and another member can have the message at once.
        if (!_pump.TryEnqueue(in message, delivery)) Settle(delivery, "-NAK"u8);
    }

    /// <summary>The connection was lost, and with it what was asked for.</summary>
    public void OnLost()
    {
        lock (_gate) _requested = 0;
        _consumer.OnLost();
    }

    /// <summary>The connection is there again.</summary>
    public void OnRestored()
    {
        // It may have been away for longer than the consumer waits, or the server may have lost it.
        lock (_gate) _isConsumerGone = true;
        _wake.Set();
    }

    private void Count(JetStreamDelivery? delivery, ulong sequence)
    {
        lock (_gate)
        {
            _lastHeard = Environment.TickCount64;
            if (_requested > 0) _requested--;
            if (delivery is not null) _held.Add(delivery);
            if (_givenBack.Count > 0) _givenBack.Remove(sequence);
            if (sequence > _consumer.LastSequence) _consumer.LastSequence = sequence;
        }
    }

    private void OnStatus(in NatsHeaders headers)
    {
        lock (_gate)
        {
            _lastHeard = Environment.TickCount64;
            // A heartbeat: there is nothing, and it still listens.
            if (headers.Status == 100) return;
            // Of several requests one has ended; without a word of how much it still asked for, all are asked anew.
            _requested = int.TryParse(headers.Find("Nats-Pending-Messages"), NumberStyles.None, CultureInfo.InvariantCulture, out int left)
                ? Math.Max(0, _requested - left)
                : 0;
            // The end of a request is when it is looked whether the consumer is still there, and still its stream's.
            _isConsumerGone = true;
            if (headers.Status != 408) _problem = $"{headers.Status} {headers.Description}";
        }

        _wake.Set();
    }
}
