namespace SourceGen.Rpc.PubSub;

/// <summary>What becomes of a message that was handled.</summary>
public readonly record struct MessageOutcome
{
    private MessageOutcome(MessageSettlement settlement, TimeSpan? delay, string? reason)
    {
        Settlement = settlement;
        Delay = delay;
        Reason = reason;
    }

    /// <summary>It was handled and is not delivered again. The default.</summary>
    public static MessageOutcome Acknowledge => default;

    /// <summary>What is done with it.</summary>
    public MessageSettlement Settlement { get; }

    /// <summary>After which time it is delivered again; null for <see cref="SubscriptionOptions.RedeliveryDelay"/>.</summary>
    public TimeSpan? Delay { get; }

    /// <summary>Why it was not handled; null when it was, or nobody says.</summary>
    public string? Reason { get; }

    /// <summary>
    /// It is delivered again, up to <see cref="SubscriptionOptions.MaxDeliveries"/> in all, then it is a dead letter. With an engine that does
    /// not redeliver it is gone, which <see cref="SubscriptionCounts.Dropped"/> counts.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="delay">When at the earliest; null for <see cref="SubscriptionOptions.RedeliveryDelay"/>.</param>
    public static MessageOutcome Redeliver(string? reason = null, TimeSpan? delay = null) => new(MessageSettlement.Redeliver, delay, reason);

    /// <summary>
    /// It is a dead letter at once: it is published to <see cref="SubscriptionOptions.DeadLetterTopic"/> and not delivered again.
    /// </summary>
    /// <param name="reason">Why.</param>
    public static MessageOutcome DeadLetter(string reason) => new(MessageSettlement.DeadLetter, null, reason);
}
