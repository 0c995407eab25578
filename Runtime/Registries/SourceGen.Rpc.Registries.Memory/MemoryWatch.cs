using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Memory;

/// <summary>What one watch has not been given yet. Used in the store's lock only.</summary>
internal sealed class MemoryWatch(MemoryRegistryStore store, string? service) : IDisposable
{
    /// <summary>Who is so far behind is given a snapshot instead, so that a watch that nobody reads does not grow.</summary>
    public const int MaxWaiting = 1_024;

    private readonly Queue<RegistryEvent> _waiting = new();
    private TaskCompletionSource _more = NewSignal();
    private bool _needsSnapshot = true;

    public void Add(RegistryEvent change)
    {
        if (_needsSnapshot || (service is not null && change.Records[0].Name != service)) return;
        if (_waiting.Count == MaxWaiting)
        {
            _waiting.Clear();
            _needsSnapshot = true;
        }
        else
        {
            _waiting.Enqueue(change);
        }

        _more.TrySetResult();
    }

    public RegistryEvent? Take(Func<string?, IEnumerable<ServiceRecord>> read, out Task more)
    {
        if (_needsSnapshot)
        {
            _needsSnapshot = false;
            more = Task.CompletedTask;
            return RegistryEvent.Snapshot(read(service));
        }

        if (_waiting.TryDequeue(out RegistryEvent? change))
        {
            more = Task.CompletedTask;
            return change;
        }

        if (_more.Task.IsCompleted) _more = NewSignal();
        more = _more.Task;
        return null;
    }

    public void Dispose() => store.End(this);

    /// <summary>Its continuations must not run in the store's lock.</summary>
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
