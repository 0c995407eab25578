using SourceGen.Rpc.PubSub;

namespace Orders;

/// <summary>Bills each order once: of all processes of the group, one gets each event.</summary>
[QueueGroup("billing")]
public sealed class Billing(IOrderEvents events) : IOrderEvents
{
    public async ValueTask PlacedAsync(string id, OrderPlaced order, CancellationToken cancellationToken = default)
    {
        Console.WriteLine($"bills {id}: {order.Quantity} x {order.Product} to {order.Customer}");
        await events.BilledAsync(id, $"process {Environment.ProcessId}", cancellationToken);
    }

    // Its own news.
    public ValueTask BilledAsync(string id, string by, CancellationToken cancellationToken = default) => default;
}
