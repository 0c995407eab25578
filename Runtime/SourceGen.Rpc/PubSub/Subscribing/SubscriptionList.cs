namespace SourceGen.Rpc.PubSub.Subscribing;

/// <summary>Subscriptions to several topics, as one.</summary>
internal sealed class SubscriptionList(string topic, IReadOnlyList<ISubscription> parts) : ISubscription
{
    public string Topic => topic;

    public SubscriptionOptions Options => parts[0].Options;

    public SubscriptionCounts Counts => parts.Select(static part => part.Counts).Aggregate(static (sum, one) => new SubscriptionCounts(
        sum.Delivered + one.Delivered,
        sum.Acknowledged + one.Acknowledged,
        sum.Redelivered + one.Redelivered,
        sum.DeadLettered + one.DeadLettered,
        sum.Dropped + one.Dropped));

    public async ValueTask UnsubscribeAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll(parts.Select(part => part.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);

    public ValueTask DisposeAsync() => UnsubscribeAsync();
}
