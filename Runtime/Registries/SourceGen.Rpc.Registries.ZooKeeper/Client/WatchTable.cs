namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// Who waits for what. A server triggers a watch once and forgets it, so an entry is removed when it is triggered. Watches of those who no
/// longer listen are removed here alone; what the server says of them later reaches nobody.
/// </summary>
internal sealed class WatchTable
{
    private readonly Lock _lock = new();
    private readonly HashSet<INodeWatcher> _watchers = [];
    private readonly Dictionary<string, HashSet<INodeWatcher>>[] _kinds =
    [
        new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal),
    ];

    /// <summary>Lets a watcher be told when the session or all servers are lost, with or without a watch set.</summary>
    public void Attach(INodeWatcher watcher)
    {
        lock (_lock) _watchers.Add(watcher);
    }

    /// <summary>Removes a watcher, and its watches.</summary>
    public void Detach(INodeWatcher watcher)
    {
        lock (_lock)
        {
            if (!_watchers.Remove(watcher)) return;
            foreach (Dictionary<string, HashSet<INodeWatcher>> kind in _kinds)
            {
                foreach ((string path, HashSet<INodeWatcher> watchers) in kind)
                {
                    // Removing the current entry does not disturb a dictionary's enumeration.
                    if (watchers.Remove(watcher) && watchers.Count == 0) kind.Remove(path);
                }
            }
        }
    }

    /// <summary>Enters a watch that the server has set. That of a watcher that is not attached any more is not entered.</summary>
    public void Add(WatchKind kind, string path, INodeWatcher watcher)
    {
        lock (_lock)
        {
            if (!_watchers.Contains(watcher)) return;
            if (!_kinds[(int)kind].TryGetValue(path, out HashSet<INodeWatcher>? watchers)) _kinds[(int)kind][path] = watchers = [];
            watchers.Add(watcher);
        }
    }

    public void Trigger(WatchEvent e)
    {
        ReadOnlySpan<WatchKind> kinds = e.Type switch
        {
            WatchEventType.Created or WatchEventType.DataChanged => [WatchKind.Data, WatchKind.Existence],
            WatchEventType.ChildrenChanged => [WatchKind.Children],
            WatchEventType.Deleted => [WatchKind.Data, WatchKind.Existence, WatchKind.Children],
            _ => [],
        };
        HashSet<INodeWatcher> triggered = [];
        lock (_lock)
        {
            foreach (WatchKind kind in kinds)
            {
                if (_kinds[(int)kind].Remove(e.Path, out HashSet<INodeWatcher>? watchers)) triggered.UnionWith(watchers);
            }
        }

        foreach (INodeWatcher watcher in triggered) watcher.OnEvent(e);
    }

    /// <summary>The paths that a kind of watch is set on.</summary>
    public string[] GetPaths(WatchKind kind)
    {
        lock (_lock) return [.. _kinds[(int)kind].Keys];
    }

    public void LoseSession()
    {
        foreach (INodeWatcher watcher in Clear(detach: false)) watcher.OnSessionLost();
    }

    public void Lose(Exception reason)
    {
        foreach (INodeWatcher watcher in Clear(detach: true)) watcher.OnLost(reason);
    }

    private INodeWatcher[] Clear(bool detach)
    {
        lock (_lock)
        {
            INodeWatcher[] watchers = [.. _watchers];
            foreach (Dictionary<string, HashSet<INodeWatcher>> kind in _kinds) kind.Clear();
            if (detach) _watchers.Clear();
            return watchers;
        }
    }
}
