using SourceGen.Rpc;

namespace Orders;

/// <summary>The order service, which is called.</summary>
[Service]
public partial interface IOrders
{
    /// <summary>Takes an order.</summary>
    /// <returns>Its number.</returns>
    ValueTask<string> PlaceAsync(string customer, string product, int quantity, CancellationToken cancellationToken = default);
}
