using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc;

/// <summary>What a connection over TLS has besides: who the peer is, and how the two agreed to talk.</summary>
public interface ITlsConnection : ITransportConnection
{
    /// <summary>The version of TLS; <see cref="SslProtocols.None"/> before the handshake.</summary>
    SslProtocols Protocol { get; }

    /// <summary>The cipher suite; the default value before the handshake.</summary>
    TlsCipherSuite CipherSuite { get; }

    /// <summary>
    /// The certificate that the peer proved to have, and that this side accepted. Null before the handshake, and for a client that sent
    /// none. It belongs to the connection: who needs it for longer takes a copy.
    /// </summary>
    X509Certificate2? RemoteCertificate { get; }

    /// <summary>
    /// Shakes hands, once: further calls wait for the same handshake. The first read or write does it too, and then fails with an
    /// <see cref="IOException"/> instead.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; the connection must then be closed.</param>
    /// <exception cref="RpcException">The peer cannot be trusted, or does not speak TLS; the message says why and what to do.</exception>
    /// <exception cref="IOException">The connection was closed or aborted on this side.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask HandshakeAsync(CancellationToken cancellationToken = default);
}
