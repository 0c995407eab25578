namespace SourceGen.Rpc.PubSub;

/// <summary>Handles one message. Several may be handled at a time: <see cref="SubscriptionOptions.Concurrency"/>.</summary>
/// <param name="message">The message, which is valid until the returned task has completed.</param>
/// <param name="cancellationToken">Cancelled when the subscription ends and does not wait any longer.</param>
/// <returns>What becomes of the message. An exception is <see cref="MessageOutcome.Redeliver"/>.</returns>
public delegate ValueTask<MessageOutcome> MessageHandler(IncomingMessage message, CancellationToken cancellationToken);
