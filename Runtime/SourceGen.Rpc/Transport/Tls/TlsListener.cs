namespace SourceGen.Rpc.Transport.Tls;

/// <summary>
/// Accepts connections, and leaves their handshakes to whoever serves them: a peer that is slow, or silent, holds up nobody.
/// </summary>
/// <param name="inner">The listener underneath.</param>
/// <param name="settings">What the server shows and asks for.</param>
/// <param name="connectionSettings">Buffers and limits.</param>
internal sealed class TlsListener(ITransportListener inner, TlsServerSettings settings, SocketConnectionSettings connectionSettings)
    : ITransportListener
{
    /// <inheritdoc/>
    public RpcAddress LocalAddress { get; } = TlsAddress.Of(inner.LocalAddress);

    /// <inheritdoc/>
    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (await inner.AcceptAsync(cancellationToken).ConfigureAwait(false) is not { } accepted) return null;
        RpcAddress remote = TlsAddress.Of(accepted.RemoteAddress);
        RpcAddress local = TlsAddress.Of(accepted.LocalAddress);
        return new TlsConnection(accepted, local, remote, new ServerHandshake(remote, local, settings), connectionSettings);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
