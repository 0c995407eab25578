using SourceGen.Rpc.Transport;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>A listener and one connection to it. Disposing closes all and proves that every pooled segment came back.</summary>
internal sealed class ConnectionPair : IAsyncDisposable
{
    private readonly SegmentPool _pool;

    private ConnectionPair(SegmentPool pool, ITransportListener listener, ITransportConnection client, ITransportConnection server)
    {
        _pool = pool;
        Listener = listener;
        Client = client;
        Server = server;
    }

    public ITransportListener Listener { get; }

    public ITransportConnection Client { get; }

    public ITransportConnection Server { get; }

    public static async Task<ConnectionPair> OpenAsync(ITransport transport, RpcAddress address, SegmentPool pool)
    {
        ITransportListener listener = await transport.ListenAsync(address).Soon();
        Task<ITransportConnection?> accepting = listener.AcceptAsync().AsTask();
        ITransportConnection client = await transport.ConnectAsync(listener.LocalAddress).Soon();
        ITransportConnection? server = await accepting.Soon();
        if (client is ITlsConnection tls && server is ITlsConnection accepted)
        {
            await Task.WhenAll(tls.HandshakeAsync().AsTask(), accepted.HandshakeAsync().AsTask()).Soon();
        }

        return new ConnectionPair(pool, listener, client, server!);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Client.DisposeAsync().AsTask(), Server.DisposeAsync().AsTask()).Soon();
        await Listener.DisposeAsync();
        foreach (ITransportConnection connection in (ITransportConnection[])[Client, Server])
        {
            connection.Output.Complete();
            connection.Input.Complete();
            ITransportConnection inner = connection is TlsConnection tls ? tls.Inner : connection;
            if (inner is SocketConnection socket) await socket.SocketClosed.Soon();
        }

        Assert.Equal(0, _pool.Outstanding);
    }
}
