namespace SourceGen.Rpc;

/// <summary>Opens and accepts connections that carry bytes in order. One transport serves one address scheme.</summary>
public interface ITransport
{
    /// <summary>The address scheme it serves: <c>tcp</c>, <c>unix</c>, <c>memory</c>.</summary>
    string Scheme { get; }

    /// <summary>
    /// Checks an address to connect to, without connecting: a mistyped one is then found when a client is created, not at its first
    /// call. Does nothing unless the transport implements it.
    /// </summary>
    /// <param name="address">Where a client is going to connect.</param>
    /// <exception cref="FormatException">
    /// The address is not one of this transport's, or only for listening; the message says what is wrong.
    /// </exception>
    void CheckAddress(RpcAddress address)
    {
    }

    /// <summary>Connects to a listener.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="cancellationToken">Gives up; this is also how callers apply a timeout.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: nobody listens there, or it cannot be reached; the message names the address.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<ITransportConnection> ConnectAsync(RpcAddress address, CancellationToken cancellationToken = default);

    /// <summary>Starts to listen.</summary>
    /// <param name="address">
    /// Where; port 0 takes a free one, and a port range (<c>tcp://host:5000-5010</c>) the first free one of it.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.AlreadyExists"/>: the address is in use; the message names it.</exception>
    ValueTask<ITransportListener> ListenAsync(RpcAddress address, CancellationToken cancellationToken = default);
}
