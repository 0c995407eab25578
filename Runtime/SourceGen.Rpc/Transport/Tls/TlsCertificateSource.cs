using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc;

/// <summary>
/// Where TLS takes its own certificate from, at each handshake anew: a certificate that is replaced is used by the connections that
/// come, and those that are open go on.
/// </summary>
public abstract class TlsCertificateSource
{
    private protected TlsCertificateSource()
    {
    }

    /// <summary>A certificate that stays.</summary>
    /// <param name="certificate">The certificate, with its private key. It must live as long as the source is used.</param>
    /// <param name="chain">The certificates between it and its authority, which the peer may not know. Default: none.</param>
    /// <exception cref="ArgumentException">It has no private key.</exception>
    public static TlsCertificateSource FromCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.HasPrivateKey
            ? new FixedCertificateSource(certificate, chain)
            : throw new ArgumentException($"The certificate {certificate.Subject} has no private key.", nameof(certificate));
    }

    /// <summary>
    /// A certificate in PEM files, which are looked at when a peer connects, at most once in <paramref name="checkInterval"/>, and loaded
    /// again when they have changed. Files that cannot be used are logged, and the certificate stays as it was.
    /// </summary>
    /// <param name="certificatePath">The certificate, followed by those between it and its authority, if any.</param>
    /// <param name="keyPath">The private key. Null: it is in the same file.</param>
    /// <param name="keyPassword">What the key is encrypted with. Null: it is not.</param>
    /// <param name="checkInterval">The shortest time between two looks. Null: 10 seconds. Zero looks at every handshake.</param>
    /// <exception cref="ArgumentException">The interval is negative.</exception>
    public static TlsCertificateSource FromPemFiles(
        string certificatePath, string? keyPath = null, string? keyPassword = null, TimeSpan? checkInterval = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificatePath);
        TimeSpan interval = checkInterval ?? PemCertificateSource.DefaultInterval;
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.Zero, nameof(checkInterval));
        return new PemCertificateSource(certificatePath, keyPath, keyPassword, interval, TimeProvider.System);
    }

    /// <summary>The certificate of the next handshake.</summary>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.FailedPrecondition"/>: there is none yet that can be used.</exception>
    internal abstract TlsCertificate Get(ILogger logger);
}
