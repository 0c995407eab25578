namespace Orders;

/// <summary>Serves orders, and tells of each: calling the injected interface publishes.</summary>
public sealed class Shop(IOrderEvents events) : IOrders
{
    private int _orders;

    public async ValueTask<string> PlaceAsync(string customer, string product, int quantity, CancellationToken cancellationToken = default)
    {
        string id = $"order-{Interlocked.Increment(ref _orders)}";
        await events.PlacedAsync(id, new OrderPlaced(id, customer, product, quantity), cancellationToken);
        Console.WriteLine($"took {id} of {customer}");
        return id;
    }
}
