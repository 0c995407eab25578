using SourceGen.Rpc.Server.Overload;

namespace SourceGen.Rpc.Telemetry;

/// <summary>The adaptive limits of the servers of the process, for whoever measures.</summary>
internal sealed class AdaptiveLimits
{
    private readonly Lock _gate = new();
    private readonly HashSet<AdaptiveLimiter> _limiters = [];

    /// <summary>A server begins to serve under a limit.</summary>
    public void Add(AdaptiveLimiter limiter)
    {
        lock (_gate) _limiters.Add(limiter);
    }

    /// <summary>It has stopped.</summary>
    public void Remove(AdaptiveLimiter limiter)
    {
        lock (_gate) _limiters.Remove(limiter);
    }

    /// <summary>Calls that wait for their turn.</summary>
    public long CountWaiting()
    {
        lock (_gate) return _limiters.Sum(static limiter => (long)limiter.Waiting);
    }

    /// <summary>How many calls may run at once, of all servers together.</summary>
    public long Sum()
    {
        lock (_gate) return _limiters.Sum(static limiter => (long)limiter.Limit);
    }
}
