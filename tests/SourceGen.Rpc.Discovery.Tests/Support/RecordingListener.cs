using System.Collections.Concurrent;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Discovery.Tests.Support;

/// <summary>Keeps what it is told, and does in between what a test says.</summary>
internal sealed class RecordingListener : INotifyListener
{
    private int _running;

    public ConcurrentQueue<ServiceSnapshot> Snapshots { get; } = new();

    public ServiceSnapshot Last => Snapshots.Last();

    /// <summary>Runs inside of each notification.</summary>
    public Func<ServiceSnapshot, CancellationToken, ValueTask>? During { get; set; }

    public async ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken)
    {
        Assert.Equal(1, Interlocked.Increment(ref _running));
        try
        {
            Snapshots.Enqueue(snapshot);
            if (During is { } during) await during(snapshot, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task HasNodes(params string[] ids) => Eventually.Is(
        () => !Snapshots.IsEmpty && Last.Instances.Select(static instance => instance.Node.Id).Order().SequenceEqual(ids.Order()),
        $"the listener was told of {string.Join(", ", ids)}; last: {(Snapshots.IsEmpty ? "nothing" : string.Join(", ", Last.Instances))}");
}
