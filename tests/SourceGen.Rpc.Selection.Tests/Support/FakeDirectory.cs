using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Tests.Support;

/// <summary>A directory that knows what a test says, and tells it within the call that says so.</summary>
internal sealed class FakeDirectory : IServiceDirectory
{
    private readonly Lock _gate = new();
    private readonly List<(ServiceUrl Condition, INotifyListener Listener)> _listeners = [];
    private ServiceRecord[] _records = [];
    private long _number;

    /// <summary>What subscribing fails with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether the registry has answered. Until then listeners are given an empty and stale snapshot.</summary>
    public bool HasAnswered { get; set; } = true;

    /// <summary>What subscribing waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Listeners
    {
        get
        {
            lock (_gate) return _listeners.Count;
        }
    }

    public RegistryState State => HasAnswered
        ? new RegistryState(IsConnected: true, DateTimeOffset.UnixEpoch)
        : new RegistryState(IsConnected: false, DateTimeOffset.UnixEpoch, "The registry is on holiday.");

    public void Set(params ServiceRecord[] records)
    {
        (ServiceUrl Condition, INotifyListener Listener)[] listeners;
        lock (_gate)
        {
            _records = records;
            listeners = [.. _listeners];
        }

        foreach ((ServiceUrl condition, INotifyListener listener) in listeners) Tell(condition, listener);
    }

    /// <summary>One record of the service that tests call, with these nodes.</summary>
    public void SetNodes(params ServiceNode[] nodes) => Set(new ServiceRecord(TestServices.Name) { Nodes = [.. nodes] });

    public bool TryGet(string service, [NotNullWhen(true)] out ServiceSnapshot? snapshot)
    {
        snapshot = HasAnswered ? Create(service, record => record.Name == service) : null;
        return snapshot is not null;
    }

    public ValueTask<ServiceSnapshot> GetAsync(string service, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A selector subscribes.");

    public async ValueTask SubscribeAsync(ServiceUrl condition, INotifyListener listener, CancellationToken cancellationToken = default)
    {
        Assert.False(condition.IsChecked);
        await Gate.WaitAsync(cancellationToken);
        if (Failure is not null) throw Failure;
        lock (_gate) _listeners.Add((condition, listener));
        Tell(condition, listener);
    }

    public ValueTask UnsubscribeAsync(ServiceUrl condition, INotifyListener listener)
    {
        lock (_gate) _listeners.RemoveAll(known => known.Condition == condition && known.Listener == listener);
        return default;
    }

    public ValueTask DisposeAsync() => default;

    private void Tell(ServiceUrl condition, INotifyListener listener) =>
        Assert.True(listener.NotifyAsync(Create(condition.ServiceName, condition.Selects), default).IsCompletedSuccessfully);

    private ServiceSnapshot Create(string service, Func<ServiceRecord, bool> selects)
    {
        lock (_gate) return new ServiceSnapshot(service, ++_number, [.. _records.Where(selects)], null, !HasAnswered, DateTimeOffset.UnixEpoch);
    }
}
