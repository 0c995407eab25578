using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// What the session's timeout is asked to be: the shortest time to live of what is registered, or shorter if the options say so.
/// </summary>
internal sealed class SessionTimeouts(ZooKeeperClient client, TimeSpan? limit)
{
    private readonly Lock _lock = new();
    private TimeSpan _shortest = TimeSpan.MaxValue;

    /// <summary>Something is to be registered that lives for a time.</summary>
    public void Require(TimeSpan timeToLive)
    {
        lock (_lock)
        {
            if (timeToLive >= _shortest) return;
            _shortest = timeToLive;
            client.SetSessionTimeout(limit < timeToLive ? limit.Value : timeToLive);
        }
    }
}
