namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Removes what is not registered again in its time. The session keeps nodes for as long as the process lives and is connected, whether or
/// not the server in it still wants to be found; this is what makes a time to live mean the same here as in other registries.
/// </summary>
internal sealed class LeaseTable : IAsyncDisposable
{
    /// <summary>What lives longer lives for ever, as far as a process is concerned.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private readonly Func<string, Task> _remove;
    private readonly ZooKeeperLog _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly Timer _timer;
    private long _nextLook = long.MaxValue;
    private bool _isDisposed;

    /// <summary>Creates a table.</summary>
    /// <param name="remove">Removes a node.</param>
    /// <param name="log">Where what ended is written.</param>
    public LeaseTable(Func<string, Task> remove, ZooKeeperLog log)
    {
        _remove = remove;
        _log = log;
        _timer = new Timer(static table => ((LeaseTable)table!).EndDue(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Registers a node: its lease begins anew when that has been done.</summary>
    public async Task RegisterAsync(string path, TimeSpan timeToLive, Func<Task> register)
    {
        Lease? lease;
        Task? ending;
        lock (_lock)
        {
            if (!_leases.TryGetValue(path, out lease)) _leases[path] = lease = new Lease { EndsAt = long.MaxValue };
            lease.Registering++;
            ending = lease.Ending;
        }

        bool isDone = false;
        try
        {
            if (ending is not null) await ending.ConfigureAwait(false);
            await register().ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            lock (_lock)
            {
                lease.Registering--;
                if (isDone)
                {
                    lease.TimeToLive = timeToLive;
                    lease.EndsAt = Environment.TickCount64 + (long)Math.Min(timeToLive.TotalMilliseconds, s_longest.TotalMilliseconds);
                    // It may have been taken out while this was under way.
                    _leases[path] = lease;
                }
                else if (lease is { EndsAt: long.MaxValue, Registering: 0 })
                {
                    // Never registered, as far as is known. If it was, it ends with the session.
                    _leases.Remove(path);
                }

                LookAt(lease.EndsAt);
            }
        }
    }

    /// <summary>Forgets a lease: the node is removed by other means, or is to stay.</summary>
    public void Remove(string path)
    {
        lock (_lock) _leases.Remove(path);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _leases.Clear();
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Called under the lock. Looks at the leases at a time, unless that is done earlier anyway.</summary>
    private void LookAt(long time)
    {
        if (_isDisposed || time >= _nextLook) return;
        _nextLook = time;
        // A timer counts up to about 49 days; it finds nothing to do then, and is set again.
        _timer.Change(Math.Clamp(time - Environment.TickCount64, 0, int.MaxValue), Timeout.Infinite);
    }

    private void EndDue()
    {
        lock (_lock)
        {
            long now = Environment.TickCount64;
            long next = long.MaxValue;
            foreach ((string path, Lease lease) in _leases)
            {
                // Whoever registers it, or removes it, has the time looked at again.
                if (lease is not { Registering: 0, Ending: null }) continue;
                if (lease.EndsAt <= now) lease.Ending = Task.Run(() => EndAsync(path, lease));
                else next = Math.Min(next, lease.EndsAt);
            }

            _nextLook = long.MaxValue;
            LookAt(next);
        }
    }

    private async Task EndAsync(string path, Lease lease)
    {
        bool isRemoved = false;
        try
        {
            await _remove(path).ConfigureAwait(false);
            isRemoved = true;
            _log.LeaseEnded(path, lease.TimeToLive.TotalSeconds);
        }
        catch (Exception e) when (e is RpcException or ObjectDisposedException)
        {
            _log.LeaseNotEnded(path, e.Message);
        }

        lock (_lock)
        {
            lease.Ending = null;
            lease.EndsAt = isRemoved ? long.MaxValue : Environment.TickCount64 + (long)s_retryAfter.TotalMilliseconds;
            if (isRemoved && lease.Registering == 0) _leases.Remove(path);
            LookAt(lease.EndsAt);
        }
    }
}
