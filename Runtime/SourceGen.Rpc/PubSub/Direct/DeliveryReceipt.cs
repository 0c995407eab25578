namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>What a subscriber knows a delivery by.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Tag">Its number there.</param>
internal readonly record struct DeliveryReceipt(DeliverySource Source, uint Tag)
{
    /// <summary>Tells the publisher what becomes of it.</summary>
    public void Settle(DeliveryVerdict verdict, TimeSpan delay = default) => Source.Settle(Tag, verdict, delay);
}
