using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Discovery.Tests.Support;

/// <summary>A directory of somebody's to which nobody can subscribe, and which says so by an error of its own.</summary>
internal sealed class FailingDirectory(Exception failure) : IServiceDirectory
{
    private int _subscriptions;

    /// <summary>How often somebody tried.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    public RegistryState State => new(IsConnected: false, DateTimeOffset.UnixEpoch);

    public bool TryGet(string service, [NotNullWhen(true)] out ServiceSnapshot? snapshot)
    {
        snapshot = null;
        return false;
    }

    public ValueTask<ServiceSnapshot> GetAsync(string service, CancellationToken cancellationToken = default) =>
        ValueTask.FromException<ServiceSnapshot>(failure);

    public ValueTask SubscribeAsync(ServiceUrl condition, INotifyListener listener, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _subscriptions);
        return ValueTask.FromException(failure);
    }

    public ValueTask UnsubscribeAsync(ServiceUrl condition, INotifyListener listener) => default;

    public ValueTask DisposeAsync() => default;
}
