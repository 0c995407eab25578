using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>Notes what has changed until somebody looks.</summary>
internal sealed class TreeChanges : INodeWatcher
{
    private readonly Lock _lock = new();
    private HashSet<string> _paths = new(StringComparer.Ordinal);
    private bool _isSessionLost;
    private Exception? _lost;
    private TaskCompletionSource _changed = NewSource();

    /// <summary>Whether all watches are gone, and what is known has to be read again.</summary>
    public bool IsSessionLost
    {
        get
        {
            lock (_lock) return _isSessionLost;
        }
    }

    public void OnEvent(WatchEvent e)
    {
        lock (_lock)
        {
            _paths.Add(e.Path);
            _changed.TrySetResult();
        }
    }

    public void OnSessionLost()
    {
        lock (_lock)
        {
            _isSessionLost = true;
            _changed.TrySetResult();
        }
    }

    public void OnLost(Exception reason)
    {
        lock (_lock)
        {
            _lost ??= reason;
            _changed.TrySetResult();
        }
    }

    /// <summary>Completes when there is something to take.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_lock) changed = _changed.Task;
        return changed.WaitAsync(cancellationToken);
    }

    /// <summary>Takes what was noted since the last time.</summary>
    /// <returns>The paths that something happened to, whether the session was lost, and why everything was, if it was.</returns>
    public (HashSet<string> Paths, bool IsSessionLost, Exception? Lost) Take()
    {
        lock (_lock)
        {
            (HashSet<string> Paths, bool IsSessionLost, Exception? Lost) taken = (_paths, _isSessionLost, _lost);
            _paths = new HashSet<string>(StringComparer.Ordinal);
            _isSessionLost = false;
            // Once everything is lost it stays so.
            if (_lost is null && _changed.Task.IsCompleted) _changed = NewSource();
            return taken;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
