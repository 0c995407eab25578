[Topic("orders")]
[Throws<Failed>]
[CallPolicy(CallStrategy.Failover)]
[AllowAnonymous]
public partial interface IOrderEvents : IBase
{
    [OneWay]
    ValueTask PlacedAsync(int id);

    [Throws<Failed>]
    ValueTask ShippedAsync(int id);

    [CallPolicy(Retries = -5)]
    ValueTask PaidAsync(int id);

    [RequireAuthorization("admin")]
    ValueTask ClosedAsync(int id);

    [AllowAnonymous]
    ValueTask OpenedAsync(int id);

    [Method(TimeoutMs = 100)]
    ValueTask MovedAsync(int id);

    [Method(Name = "Kept", Idempotent = true)]
    ValueTask FineAsync([HashKey] int id);
}

[RequireAuthorization]
public interface IBase
{
    [OneWay]
    ValueTask InheritedAsync(int id);
}

public sealed record Failed(string Why);
