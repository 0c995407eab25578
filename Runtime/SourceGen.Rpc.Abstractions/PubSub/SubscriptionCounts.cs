namespace SourceGen.Rpc.PubSub;

/// <summary>What a subscription did with its messages so far. Each delivery counts.</summary>
/// <param name="Delivered">Messages that a handler was begun with.</param>
/// <param name="Acknowledged">Of those, handled.</param>
/// <param name="Redelivered">Given back, to be delivered again.</param>
/// <param name="DeadLettered">Dead letters that were published to the dead-letter topic.</param>
/// <param name="Dropped">Gone without having been handled: a buffer was full, or nobody redelivers.</param>
public readonly record struct SubscriptionCounts(long Delivered, long Acknowledged, long Redelivered, long DeadLettered, long Dropped);
