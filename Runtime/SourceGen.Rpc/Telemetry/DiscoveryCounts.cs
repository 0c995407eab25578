using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Telemetry;

/// <summary>What the process knows of services elsewhere, for whoever measures: asked here, and counted nowhere else.</summary>
internal sealed class DiscoveryCounts
{
    private readonly Lock _gate = new();
    private readonly HashSet<FollowedService> _followed = [];
    private long _followingFailures;
    private long _registeringFailures;

    /// <summary>Failures to follow or read a service.</summary>
    public long FollowingFailures => Interlocked.Read(ref _followingFailures);

    /// <summary>Failures to register a service.</summary>
    public long RegisteringFailures => Interlocked.Read(ref _registeringFailures);

    /// <summary>A service is followed from now on.</summary>
    public void Add(FollowedService service)
    {
        lock (_gate) _followed.Add(service);
    }

    /// <summary>A service is followed no longer.</summary>
    public void Remove(FollowedService service)
    {
        lock (_gate) _followed.Remove(service);
    }

    /// <summary>A service could not be followed, or read.</summary>
    public void CountFollowingFailure() => Interlocked.Increment(ref _followingFailures);

    /// <summary>A service could not be registered.</summary>
    public void CountRegisteringFailure() => Interlocked.Increment(ref _registeringFailures);

    /// <summary>Services that are followed.</summary>
    public long CountServices()
    {
        lock (_gate) return _followed.Count;
    }

    /// <summary>Those of them of which only what was so before is known.</summary>
    public long CountStaleServices()
    {
        lock (_gate) return _followed.Count(static service => service.Current is { IsStale: true } or null);
    }

    /// <summary>Their nodes.</summary>
    public long CountNodes()
    {
        lock (_gate) return _followed.Sum(static service => (long)(service.Current?.Instances.Length ?? 0));
    }
}
