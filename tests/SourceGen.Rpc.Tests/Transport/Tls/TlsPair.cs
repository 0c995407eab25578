namespace SourceGen.Rpc.Tests.Transport.Tls;

/// <summary>The two ends of a TLS connection after its handshake.</summary>
internal sealed class TlsPair : IAsyncDisposable
{
    private ITransportListener? _ownListener;

    private TlsPair(ITlsConnection client, ITlsConnection server)
    {
        Client = client;
        Server = server;
    }

    public ITlsConnection Client { get; }

    public ITlsConnection Server { get; }

    public static async Task<TlsPair> OpenAsync(Action<TlsServerOptions> configureServer, Action<TlsClientOptions> configureClient)
    {
        RpcServerOptions server = new RpcServerOptions().UseTls(configureServer);
        RpcClientOptions client = new RpcClientOptions().UseTls(configureClient);
        ITransportListener listener = await server.Transports[^1].ListenAsync(RpcAddress.Parse("tls://127.0.0.1:0")).Soon();
        TlsPair pair = await OpenAsync(listener, client.Transports[^1]);
        pair._ownListener = listener;
        return pair;
    }

    public static async Task<TlsPair> OpenAsync(ITransportListener listener, ITransport transport)
    {
        Task<ITransportConnection?> accepting = listener.AcceptAsync().AsTask();
        var connected = (ITlsConnection)await transport.ConnectAsync(listener.LocalAddress).Soon();
        var accepted = (ITlsConnection)(await accepting.Soon())!;
        await Task.WhenAll(connected.HandshakeAsync().AsTask(), accepted.HandshakeAsync().AsTask()).Soon();
        return new TlsPair(connected, accepted);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Client.DisposeAsync().AsTask(), Server.DisposeAsync().AsTask()).Soon();
        if (_ownListener is not null) await _ownListener.DisposeAsync();
    }
}
