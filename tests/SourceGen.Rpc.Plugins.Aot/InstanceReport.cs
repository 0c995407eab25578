using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Plugins.Aot;

/// <summary>Writes how many servers are known, each time that this changes.</summary>
internal sealed class InstanceReport : INotifyListener
{
    private int _known = -1;

    /// <inheritdoc/>
    public ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken)
    {
        int known = snapshot.Instances.Length;
        if (Interlocked.Exchange(ref _known, known) != known) Console.WriteLine($"{known} known");
        return ValueTask.CompletedTask;
    }
}
