using System.Threading.RateLimiting;

namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>
/// The token buckets that a configuration asks for. They are made with the first call, because options are also read to be checked, and
/// what fills the buckets is a timer that would go on then.
/// </summary>
/// <param name="permits">How many calls a bucket gets in each window; it is filled evenly.</param>
/// <param name="window">How long a window is.</param>
/// <param name="burst">How many calls a bucket holds.</param>
/// <param name="scope">Which calls have a bucket in common.</param>
internal sealed class ConfiguredRateLimiter(int permits, TimeSpan window, int burst, RateLimitScope scope)
    : PartitionedRateLimiter<RpcCallInfo>
{
    private readonly TokenBucketRateLimiterOptions _bucket = new()
    {
        TokenLimit = burst,
        TokensPerPeriod = permits,
        ReplenishmentPeriod = window,
        QueueLimit = 0, // Calls never wait for a permit.
        AutoReplenishment = false, // One timer fills all.
    };

    private readonly Lock _gate = new();
    private PartitionedRateLimiter<RpcCallInfo>? _buckets;
    private bool _disposed;

    private PartitionedRateLimiter<RpcCallInfo> Buckets => Volatile.Read(ref _buckets) ?? CreateOnce();

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics(RpcCallInfo resource) => Buckets.GetStatistics(resource);

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(RpcCallInfo resource, int permitCount) =>
        Buckets.AttemptAcquire(resource, permitCount);

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        RpcCallInfo resource, int permitCount, CancellationToken cancellationToken) =>
        Buckets.AcquireAsync(resource, permitCount, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        lock (_gate)
        {
            _disposed = true;
            _buckets?.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        return default;
    }

    private PartitionedRateLimiter<RpcCallInfo> CreateOnce()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _buckets ??= Create();
        }
    }

    private PartitionedRateLimiter<RpcCallInfo> Create()
    {
        // Made once: each call asks for its partition.
        Func<BucketKey, RateLimiter> create = _ => new TokenBucketRateLimiter(_bucket);
        return PartitionedRateLimiter.Create<RpcCallInfo, BucketKey>(call => new RateLimitPartition<BucketKey>(KeyOf(call), create));
    }

    private BucketKey KeyOf(in RpcCallInfo call) => scope switch
    {
        RateLimitScope.Connection => new BucketKey(call.ConnectionId, "", ""),
        RateLimitScope.Method => new BucketKey(0, call.Service, call.Method),
        _ => default,
    };

    /// <summary>Whose bucket it is.</summary>
    private readonly record struct BucketKey(long Connection, string? Service, string? Method);
}
