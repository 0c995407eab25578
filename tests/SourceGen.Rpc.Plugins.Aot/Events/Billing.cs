using Microsoft.Extensions.Logging;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Plugins.Aot.Events;

/// <summary>Of all processes, one has each event; the container creates it.</summary>
[QueueGroup("billing")]
public sealed class Billing(ILogger<Billing> logger) : INativeOrders
{
    /// <inheritdoc/>
    public ValueTask PlacedAsync(NativeOrder order, CancellationToken cancellationToken = default)
    {
        logger.LogInformation("Bills {Order}", order.Id);
        Console.WriteLine($"billing: {order.Id} is {string.Join(" and ", order.Items)}");
        return default;
    }

    /// <inheritdoc/>
    public ValueTask ShippedAsync(string id, int parts, CancellationToken cancellationToken = default) => default;
}
