using SourceGen.Rpc;

namespace Orders;

/// <summary>An order that was taken.</summary>
public sealed record OrderPlaced(string Id, string Customer, string Product, int Quantity);

/// <summary>What happens to orders, for whoever wants to know. Events of one order keep their order.</summary>
[Topic("orders")]
public partial interface IOrderEvents
{
    /// <summary>An order was taken.</summary>
    ValueTask PlacedAsync([HashKey] string id, OrderPlaced order, CancellationToken cancellationToken = default);

    /// <summary>It was billed.</summary>
    ValueTask BilledAsync([HashKey] string id, string by, CancellationToken cancellationToken = default);
}
