namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>What one publisher brings to one subscription.</summary>
/// <param name="session">The publisher's call.</param>
/// <param name="subscription">The subscription.</param>
internal sealed class DeliverySource(DeliverySession session, DirectSubscription subscription)
{
    private int _unsettled;

    /// <summary>The subscription.</summary>
    public DirectSubscription Subscription { get; } = subscription;

    /// <summary>Counts a message that came.</summary>
    /// <returns>Whether the publisher keeps to what it may send.</returns>
    public bool TryBegin() => Interlocked.Increment(ref _unsettled) <= Subscription.Entry.Prefetch;

    /// <summary>Tells the publisher what becomes of a message.</summary>
    public void Settle(uint tag, DeliveryVerdict verdict, TimeSpan delay)
    {
        // First, or the publisher could send the next one before it is counted.
        if (verdict != DeliveryVerdict.Later) Interlocked.Decrement(ref _unsettled);
        session.Settle(tag, verdict, delay);
    }
}
