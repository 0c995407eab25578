namespace SourceGen.Rpc.Discovery;

/// <summary>Is told what a directory knows of the services that it subscribed to.</summary>
public interface INotifyListener
{
    /// <summary>
    /// Something changed. Calls for one subscription come one after the other, in the order of the snapshots' numbers; while one runs,
    /// several changes become one, the latest. An exception is logged and changes nothing.
    /// </summary>
    /// <param name="snapshot">All that the subscription's condition selects.</param>
    /// <param name="cancellationToken">Cancelled when the subscription ends.</param>
    ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken);
}
