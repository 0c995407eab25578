using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Benchmarks.Selection.Aperture;

/// <summary>What one client of the simulation knows: what it is told, when it is told.</summary>
internal sealed class SimulatedDirectory(ServiceSnapshot first) : IServiceDirectory
{
    private INotifyListener? _listener;

    public RegistryState State => new(IsConnected: true, DateTimeOffset.UnixEpoch);

    /// <summary>The listener has taken it over when this returns.</summary>
    public void Tell(ServiceSnapshot snapshot)
    {
        if (!_listener!.NotifyAsync(snapshot, default).IsCompletedSuccessfully) throw new InvalidOperationException("The selector did not take it over at once.");
    }

    public ValueTask SubscribeAsync(ServiceUrl condition, INotifyListener listener, CancellationToken cancellationToken = default)
    {
        _listener = listener;
        Tell(first);
        return default;
    }

    public ValueTask UnsubscribeAsync(ServiceUrl condition, INotifyListener listener) => default;

    public bool TryGet(string service, [NotNullWhen(true)] out ServiceSnapshot? snapshot)
    {
        snapshot = first;
        return true;
    }

    public ValueTask<ServiceSnapshot> GetAsync(string service, CancellationToken cancellationToken = default) => new(first);

    public ValueTask DisposeAsync() => default;
}
