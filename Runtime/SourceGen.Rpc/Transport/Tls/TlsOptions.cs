using System.Net.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SourceGen.Rpc;

/// <summary>
/// What a <see cref="TlsTransport"/> is made of, in the framework's own terms. The simple ways are <c>UseTls</c> of the options of servers
/// and clients. The transport takes copies: changes made after its creation have no effect.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>
    /// What listeners use. Null: the transport only connects. Without <c>ApplicationProtocols</c> the project's own,
    /// <c>sourcegen-rpc/1</c>, is negotiated; clients that negotiate none are served too.
    /// </summary>
    public SslServerAuthenticationOptions? Server { get; set; }

    /// <summary>
    /// What clients use. Null: the system's authorities are trusted, and no certificate is shown. Without <c>TargetHost</c> the server's
    /// certificate must name the host of the address.
    /// </summary>
    public SslClientAuthenticationOptions? Client { get; set; }

    /// <summary>The certificate of listeners, when it may change while they run; it goes before those of <see cref="Server"/>.</summary>
    public TlsCertificateSource? ServerCertificate { get; set; }

    /// <summary>The certificate that clients show, when it may change; it goes before those of <see cref="Client"/>.</summary>
    public TlsCertificateSource? ClientCertificate { get; set; }

    /// <summary>Where it is told that certificates were replaced, or could not be. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;
}
