namespace SourceGen.Rpc.PubSub;

/// <summary>Messages of a topic that come to a handler. Disposing of it unsubscribes.</summary>
public interface ISubscription : IAsyncDisposable
{
    /// <summary>What was subscribed to.</summary>
    string Topic { get; }

    /// <summary>How messages are delivered: a copy, which changes nothing.</summary>
    SubscriptionOptions Options { get; }

    /// <summary>What was delivered so far.</summary>
    SubscriptionCounts Counts { get; }

    /// <summary>
    /// Ends it: no message is delivered any more, and the handlers in progress are waited for. What was received and not begun goes to another
    /// member of the group or is kept, as far as the engine redelivers. Doing it twice waits for the same.
    /// </summary>
    /// <param name="cancellationToken">Waits no longer: the tokens of the handlers in progress are cancelled.</param>
    ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default);
}
