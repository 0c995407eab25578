using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Samples.Broker;

/// <summary>The engine: it passes messages on to those who have subscribed at the same one.</summary>
public sealed class Relay
{
    private readonly Lock _gate = new();
    private RelaySubscription[] _subscriptions = [];

    internal void Add(RelaySubscription subscription)
    {
        lock (_gate) _subscriptions = [.. _subscriptions, subscription];
    }

    internal void Remove(RelaySubscription subscription)
    {
        lock (_gate) _subscriptions = Array.FindAll(_subscriptions, one => one != subscription);
    }

    internal async ValueTask PassOnAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        IncomingMessage incoming = new(message.Topic, message.Payload) { Key = message.Key, Id = message.Id, Headers = message.Headers };
        foreach (RelaySubscription subscription in Volatile.Read(ref _subscriptions))
        {
            if (subscription.Pattern.Matches(message.Topic)) await subscription.EnqueueAsync(incoming, cancellationToken).ConfigureAwait(false);
        }
    }
}
