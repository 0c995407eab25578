using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>What is subscribed to.</summary>
internal sealed partial class NatsClient
{
    /// <summary>Subscribes, and returns when it is in effect.</summary>
    /// <exception cref="RpcException">It is not permitted, or the connection was lost.</exception>
    public async Task SubscribeAsync(NatsSubscriber subscriber, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isOpen) throw BrokerErrors.NotConnected(Address);
            subscriber.Sid = ++_nextSid;
            _subscribers.Add(subscriber.Sid, subscriber);
            // Without a connection the next one begins with it.
            if (_connection is not null)
            {
                _pending.Subscribe(subscriber.Subject, subscriber.Queue, subscriber.Sid);
                _connection.Wake();
            }
        }

        try
        {
            // The answer comes behind an error, should there be one.
            await PingAsync(_options.ReplyTimeout, isAnyState: false, cancellationToken).ConfigureAwait(false);
            if (subscriber.Refusal is { } refusal)
            {
                throw new RpcException(RpcStatusCode.PermissionDenied, $"The broker {Address} does not permit the subscription to '{subscriber.Subject}': {refusal}")
                {
                    Progress = RpcCallProgress.Refused,
                };
            }
        }
        catch
        {
            Unsubscribe(subscriber);
            throw;
        }
    }

    /// <summary>Unsubscribes; nothing comes any more.</summary>
    public void Unsubscribe(NatsSubscriber subscriber)
    {
        lock (_gate)
        {
            if (_subscribers.Remove(subscriber.Sid) && !subscriber.IsEnding) SendUnsubscribe(subscriber);
        }
    }

    /// <summary>Unsubscribes, and returns when all that was on its way has come.</summary>
    public async Task DrainAsync(NatsSubscriber subscriber, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_isOpen || subscriber.IsEnding || _connection is null) return;
            SendUnsubscribe(subscriber);
            subscriber.IsEnding = true;
        }

        try
        {
            await PingAsync(_options.ReplyTimeout, isAnyState: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // What is still on its way is delivered again when its time is over.
        }
    }

    private void SendUnsubscribe(NatsSubscriber subscriber)
    {
        if (_connection is null) return;
        _pending.Unsubscribe(subscriber.Sid);
        _connection.Wake();
    }
}
