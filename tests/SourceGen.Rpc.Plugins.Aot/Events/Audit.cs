using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Plugins.Aot.Events;

/// <summary>Has every event in every process, and is subscribed as the object that it is.</summary>
internal sealed class Audit : INativeOrders
{
    /// <inheritdoc/>
    public ValueTask PlacedAsync(NativeOrder order, CancellationToken cancellationToken = default)
    {
        MessageContext context = MessageContext.Current!;
        string clerk = context.Headers.First(static header => header.Key == Participant.ClerkHeader).Value;
        Console.WriteLine($"audit: {order.Id} was placed by {clerk} ({context.Topic})");
        return default;
    }

    /// <inheritdoc/>
    public ValueTask ShippedAsync(string id, int parts, CancellationToken cancellationToken = default)
    {
        Console.WriteLine($"audit: {id} was shipped in {parts} parts");
        return default;
    }
}
