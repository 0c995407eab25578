using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>Accepts connections on a listening socket.</summary>
/// <param name="socket">The socket, already listening; disposed with the listener.</param>
/// <param name="local">The concrete address it listens at.</param>
/// <param name="open">Makes a connection of an accepted socket.</param>
internal sealed class SocketListener(Socket socket, RpcAddress local, Func<Socket, ITransportConnection> open) : ITransportListener
{
    private volatile bool _disposed;

    /// <inheritdoc/>
    public RpcAddress LocalAddress => local;

    /// <inheritdoc/>
    /// <exception cref="IOException">
    /// The system cannot accept, for example because too many files are open; accepting again may work later.
    /// </exception>
    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_disposed)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                return open(accepted);
            }
            catch (Exception e) when (_disposed && e is SocketException or ObjectDisposedException)
            {
                accepted?.Dispose();
                return null;
            }
            catch (SocketException e) when (accepted is not null || IsOfThePeer(e.SocketErrorCode))
            {
                // The connection was gone before it was accepted: that is nobody's error here, so wait for the next.
                accepted?.Dispose();
            }
            catch (SocketException e)
            {
                throw new IOException($"Cannot accept a connection at {local}: {SocketErrors.Describe(e.SocketErrorCode)}.", e);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        // Closing the socket of a Unix domain listener also removes its file: .NET does that for the path it bound.
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Errors that accept(2) reports about the new connection, not about the listener.</summary>
    private static bool IsOfThePeer(SocketError error) => error is SocketError.ConnectionReset or SocketError.ConnectionAborted
        or SocketError.TimedOut or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable
        or SocketError.NetworkDown or SocketError.ProtocolOption or SocketError.Interrupted;
}
