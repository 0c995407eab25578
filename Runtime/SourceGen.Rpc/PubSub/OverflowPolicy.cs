namespace SourceGen.Rpc.PubSub;

/// <summary>What a broker without an engine of its own does with a message for a subscription whose buffer is full.</summary>
public enum OverflowPolicy
{
    /// <summary>
    /// Whoever publishes waits for room, up to <see cref="BrokerOptions.PublishTimeout"/>; then publishing fails with
    /// <see cref="RpcStatusCode.ResourceExhausted"/>.
    /// </summary>
    Wait,

    /// <summary>The message that waits for longest is dropped, and counted (<see cref="SubscriptionCounts.Dropped"/>).</summary>
    DropOldest,

    /// <summary>The new message is dropped, and counted.</summary>
    DropNewest,
}
