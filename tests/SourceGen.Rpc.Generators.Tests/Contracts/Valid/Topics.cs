namespace Shop.Events;

/// <summary>Messages with keys, defaults, names of their own, and nothing in them; inherited ones are events of this topic, too.</summary>
[Topic("shop.orders-v1", Version = "1")]
public partial interface IOrderEvents : IAuditEvents
{
    ValueTask PlacedAsync(Order order, CancellationToken cancellationToken = default);

    Task ShippedAsync([HashKey] string orderId, [HashKey] int parcel, DateTimeOffset at, bool isLast = true);

    [Method(Name = "Lines.Changed-2", Idempotent = true)]
    ValueTask LinesAsync(IReadOnlyList<int> lines, Order? order);

    ValueTask ClosedAsync();

    /// <summary>A member with a body is no event.</summary>
    ValueTask PlacedTwiceAsync(Order order) => PlacedAsync(order);
}

public interface IAuditEvents
{
    ValueTask Audited([HashKey] Guid subject, string what);
}

public sealed record Order(string Id, decimal Total);

[Topic("empty")]
internal partial interface INothing;

public static partial class Outer
{
    [Topic("nested")]
    public partial interface INested { ValueTask A(int a); }
}
