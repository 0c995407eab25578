using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.File;

/// <summary>
/// Tells watches which folders the file system says have changed: one notifier for all watches of a registry, since systems limit their
/// number. It only makes watches faster. What it misses (a lost event, a file system without events, a limit) they find by reading again.
/// </summary>
internal sealed class DirectoryMonitor(string root, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<FolderChanges> _watches = [];
    private FileSystemWatcher? _notifier;
    private bool _isLogged;

    /// <summary>Starts to tell a watch.</summary>
    /// <param name="folder">The name of its folder; null for all.</param>
    public FolderChanges Follow(string? folder)
    {
        FolderChanges changes = new(this, folder);
        lock (_lock)
        {
            _watches.Add(changes);
            Start();
        }

        return changes;
    }

    public void End(FolderChanges changes)
    {
        lock (_lock)
        {
            if (_watches.Remove(changes) && _watches.Count == 0) Stop();
        }
    }

    /// <summary>Starts the notifier again if it has stopped.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            if (_watches.Count > 0) Start();
        }
    }

    public void Dispose()
    {
        lock (_lock) Stop();
    }

    private void Start()
    {
        if (_notifier is not null) return;
        FileSystemWatcher? notifier = null;
        try
        {
            notifier = new FileSystemWatcher(root)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName,
            };
            notifier.Created += OnChange;
            notifier.Deleted += OnChange;
            notifier.Renamed += OnChange;
            notifier.Error += OnError;
            notifier.EnableRaisingEvents = true;
            _notifier = notifier;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // A limit of the system, or the directory is missing just now.
            notifier?.Dispose();
            if (!_isLogged) FileRegistryLog.NotNotified(logger, root, e.Message);
            _isLogged = true;
        }
    }

    private void Stop()
    {
        _notifier?.Dispose();
        _notifier = null;
    }

    private void OnChange(object sender, FileSystemEventArgs change)
    {
        ReadOnlySpan<char> name = Path.GetFileName(change.FullPath.AsSpan());
        string? parent = Path.GetDirectoryName(change.FullPath);
        // A folder itself, or a file in one. What is being written has a name that is not the last one.
        string folder = parent == root ? name.ToString() : Path.GetFileName(parent) ?? "";
        if (parent != root && FileNames.IsTemporary(name) && change.ChangeType != WatcherChangeTypes.Renamed) return;
        lock (_lock)
        {
            foreach (FolderChanges watch in _watches) watch.Add(folder);
        }
    }

    private void OnError(object sender, ErrorEventArgs error)
    {
        FileRegistryLog.NotifierFailed(logger, root, error.GetException().Message);
        lock (_lock)
        {
            if (ReferenceEquals(sender, _notifier)) Stop();
            foreach (FolderChanges watch in _watches) watch.AddAll();
        }
    }
}
