using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.Dns.Resolving;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>Asks servers by TLS and by nothing else (RFC 7858; the strict profile of RFC 8310, 5). Thread safe.</summary>
internal sealed class TlsExchange(TlsSettings tls, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<IPEndPoint, TlsServer> _servers = new();
    private volatile bool _isDisposed;

    /// <summary>Asks.</summary>
    /// <exception cref="DnsExchangeException">There is no answer.</exception>
    /// <exception cref="DnsRefusedException">The server does not accept the signature.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public ValueTask<DnsMessage> AskAsync(IPEndPoint server, Func<DnsQuery> create, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(DnsRegistry));
        TlsServer asked = _servers.GetOrAdd(
            server, static (address, exchange) => new TlsServer(address, exchange.Tls, exchange.Time), (Tls: tls, Time: time));

        // One that was added while this was disposed of.
        if (_isDisposed) asked.Dispose();
        return asked.AskAsync(create, cancellationToken);
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        foreach (TlsServer server in _servers.Values) server.Dispose();
    }
}
