using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Mdns.Browsing;

/// <summary>
/// Somebody who follows a service, or all. The loop puts the latest state there; who follows works out what changed at their own pace, so
/// that nothing piles up for one that is slow.
/// </summary>
internal sealed class Watch(string? service)
{
    private readonly SemaphoreSlim _changed = new(0, 1);
    private ImmutableDictionary<(string Key, string Id), ServiceRecord>? _latest;

    /// <summary>The service; null for all.</summary>
    public string? Service { get; } = service;

    /// <summary>What is known, put there by the loop; null before that.</summary>
    public ImmutableDictionary<(string Key, string Id), ServiceRecord>? Latest
    {
        get => Volatile.Read(ref _latest);
        set
        {
            Volatile.Write(ref _latest, value);
            lock (_changed)
            {
                if (_changed.CurrentCount == 0) _changed.Release();
            }
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);
}
