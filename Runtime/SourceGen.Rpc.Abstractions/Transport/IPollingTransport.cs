namespace SourceGen.Rpc;

/// <summary>
/// A transport that can open connections which nothing but <see cref="IPollableInput"/> waits for. The runtime's own event loop, once
/// it watches a socket, wakes threads for every packet; a connection that is polled on a thread of its own must be spared that.
/// </summary>
public interface IPollingTransport : ITransport
{
    /// <summary>Connects as <see cref="ITransport.ConnectAsync"/> does, and leaves the connection unknown to any event loop.</summary>
    /// <param name="address">Where the listener is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: nobody listens there, or it cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<ITransportConnection> ConnectForPollingAsync(RpcAddress address, CancellationToken cancellationToken = default);
}
