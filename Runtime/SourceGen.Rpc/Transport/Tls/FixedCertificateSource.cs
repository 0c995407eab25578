using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>A certificate that stays.</summary>
internal sealed class FixedCertificateSource(X509Certificate2 certificate, X509Certificate2Collection? chain) : TlsCertificateSource
{
    private readonly TlsCertificate _certificate = new(certificate, chain);

    /// <inheritdoc/>
    internal override TlsCertificate Get(ILogger logger) => _certificate;
}
