namespace SourceGen.Rpc.Registries.File;

/// <summary>The folders that a watch has to read again. Thread safe.</summary>
internal sealed class FolderChanges(DirectoryMonitor monitor, string? folder) : IDisposable
{
    private readonly Lock _lock = new();
    private HashSet<string> _names = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private bool _isAll;

    public void Add(string name)
    {
        if (folder is not null && name != folder) return;
        lock (_lock)
        {
            _names.Add(name);
            _changed.TrySetResult();
        }
    }

    public void AddAll()
    {
        lock (_lock)
        {
            _isAll = true;
            _changed.TrySetResult();
        }
    }

    /// <summary>Ends when there is something to read, the time is over, or the token is cancelled; throws for none of them.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        Task changed;
        lock (_lock) changed = _changed.Task;
        await changed.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Takes what there is to read.</summary>
    /// <returns>Names of folders; null for all.</returns>
    public IReadOnlyCollection<string>? Take()
    {
        lock (_lock)
        {
            IReadOnlyCollection<string>? taken = _isAll ? null : _names;
            _names = new HashSet<string>(StringComparer.Ordinal);
            _isAll = false;
            if (_changed.Task.IsCompleted) _changed = NewSignal();
            return taken;
        }
    }

    public void Dispose() => monitor.End(this);

    /// <summary>Its continuations must not run in the lock.</summary>
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
