using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// The way back: to the services that the peer of an open connection offers. It has that connection and no other, because only the peer
/// can open a new one.
/// </summary>
internal sealed class PeerChannel : CallChannel
{
    private readonly RpcConnection _connection;

    public PeerChannel(RpcConnection connection)
        : base(connection.PeerCallTimeoutMs, headers: null, connection.PeerCallFilters, endpoint: null)
    {
        _connection = connection;
        Current = connection;
    }

    /// <inheritdoc/>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: the connection is closed, or the peer is leaving.
    /// </exception>
    public override ValueTask<RpcConnection> GetConnectionAsync(
        string methodName, int callTimeoutMs, int remainingMs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_connection.IsUsable) return new ValueTask<RpcConnection>(_connection);
        throw new RpcException(
            RpcStatusCode.Unavailable,
            $"{methodName} was not sent: {_connection.RemoteAddress} cannot be called back any more, "
            + "because only it can open a new connection. "
            + _connection.LeavingReason)
        {
            Progress = RpcCallProgress.NotSent,
        };
    }
}
