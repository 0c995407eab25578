namespace Shop;

/// <summary>The nearest policy is taken as a whole: the method's, that of the interface that declares it, the service's.</summary>
[Service]
[CallPolicy(CallStrategy.ZoneAware, Retries = 1)]
public partial interface ICatalog : IStock
{
    ValueTask<int> CountAsync();

    [CallPolicy]
    ValueTask AddAsync(string article);

    /// <summary>Repeats only what never ran, so it need not be idempotent.</summary>
    [CallPolicy(Retries = 5, RetryOn = RetryConditions.Unavailable | RetryConditions.Overload, InitialBackoffMs = 5, MaxBackoffMs = 50)]
    ValueTask<int> OrderAsync(string article);

    [CallPolicy(CallStrategy.Forking, Forks = 3), Method(Idempotent = true)]
    ValueTask<decimal> PriceAsync(string article);

    [CallPolicy(AttemptTimeoutMs = 200, RetryCodes = [RpcStatusCode.Aborted, RpcStatusCode.Internal]), Method(Idempotent = true)]
    ValueTask MoveAsync(string article);

    /// <summary>With a time for its attempt and nothing after it, a call runs once.</summary>
    [CallPolicy(AttemptTimeoutMs = 200, Retries = 0)]
    ValueTask MoveOnceAsync(string article);

    /// <summary>A timeout ends the call, as RetryOn leaves it out.</summary>
    [CallPolicy(AttemptTimeoutMs = 200, RetryOn = RetryConditions.Unavailable)]
    ValueTask MoveCarefullyAsync(string article);

    [CallPolicy(HedgeDelayMs = 20, MaxHedges = 2), Method(Idempotent = true)]
    ValueTask<string> FindAsync(string article);

    [CallPolicy(HedgePercentile = 0.95, HedgeMinDelayMs = 5), Method(Idempotent = true)]
    ValueTask<string> SearchAsync(string text);

    /// <summary>Every server runs it once, which is what broadcasting is for.</summary>
    [CallPolicy(CallStrategy.Broadcast)]
    ValueTask DropCacheAsync();

    [CallPolicy(CallStrategy.Broadcast), OneWay]
    ValueTask RefreshAsync();

    [CallPolicy(CallStrategy.Failfast)]
    IAsyncEnumerable<string> AllAsync();

    IAsyncEnumerable<string> NearAsync();
}

/// <summary>Nearer to its methods than the service.</summary>
[CallPolicy(CallStrategy.Failsafe)]
public interface IStock
{
    ValueTask AuditAsync(string what);

    ValueTask<int?> GuessAsync();

    ValueTask<string?> NameAsync();

    [CallPolicy(CallStrategy.Failback, Retries = 5), Method(Idempotent = true), OneWay]
    ValueTask NotifyAsync(string what);

    [CallPolicy(CallStrategy.Available)]
    ValueTask<int> SomeAsync();
}
