using SourceGen.Rpc.Hosting.Configuration;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>The rate limiters that configuration has made, which nobody else disposes of. The container does, after the servers.</summary>
internal sealed class OwnedLimiters : IDisposable
{
    private readonly List<ConfiguredRateLimiter> _limiters = [];

    /// <summary>Takes over what a server limits calls by, if it is nobody else's.</summary>
    public void Add(RpcServerOptions options)
    {
        if (options.RateLimiter is not ConfiguredRateLimiter limiter) return;
        lock (_limiters) _limiters.Add(limiter);
    }

    public void Dispose()
    {
        lock (_limiters)
        {
            foreach (ConfiguredRateLimiter limiter in _limiters) limiter.Dispose();
        }
    }
}
