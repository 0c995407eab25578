namespace SourceGen.Rpc.Plugins.Aot.Events;

/// <summary>The events.</summary>
[Topic("native")]
public partial interface INativeOrders
{
    /// <summary>An order was placed.</summary>
    ValueTask PlacedAsync(NativeOrder order, CancellationToken cancellationToken = default);

    /// <summary>It was sent.</summary>
    ValueTask ShippedAsync([HashKey] string id, int parts, CancellationToken cancellationToken = default);
}
