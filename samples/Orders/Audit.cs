namespace Orders;

/// <summary>Hears of everything.</summary>
public sealed class Audit : IOrderEvents
{
    public ValueTask PlacedAsync(string id, OrderPlaced order, CancellationToken cancellationToken = default)
    {
        Console.WriteLine($"{id} was placed by {order.Customer}");
        return default;
    }

    public ValueTask BilledAsync(string id, string by, CancellationToken cancellationToken = default)
    {
        Console.WriteLine($"{id} was billed by {by}");
        return default;
    }
}
