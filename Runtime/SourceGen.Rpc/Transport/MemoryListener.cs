using System.Threading.Channels;

namespace SourceGen.Rpc.Transport;

/// <summary>Accepts connections within the process.</summary>
/// <param name="local">Its address.</param>
/// <param name="backlog">How many connections may wait to be accepted.</param>
/// <param name="onDisposed">Gives the name free again.</param>
internal sealed class MemoryListener(RpcAddress local, int backlog, Action<MemoryListener> onDisposed) : ITransportListener
{
    private readonly Channel<MemoryConnection> _waiting = Channel.CreateBounded<MemoryConnection>(backlog);

    /// <inheritdoc/>
    public RpcAddress LocalAddress => local;

    /// <summary>Puts a connection where <see cref="AcceptAsync"/> finds it, waiting while too many wait already.</summary>
    /// <returns>False when the listener is disposed.</returns>
    public async ValueTask<bool> TryOfferAsync(MemoryConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await _waiting.Writer.WriteAsync(connection, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_waiting.Reader.TryRead(out MemoryConnection? connection)) return connection;
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        onDisposed(this);
        _waiting.Writer.TryComplete();
        // Connected, never accepted: their clients read a reset, as they do when a kernel closes a listening socket.
        while (_waiting.Reader.TryRead(out MemoryConnection? connection)) connection.Abort();
        return ValueTask.CompletedTask;
    }
}
