using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc;

/// <summary>The usual settings of a client's TLS; <see cref="TlsOptions"/> has all of the framework's.</summary>
public sealed class TlsClientOptions
{
    private const int ThumbprintLength = 2 * SHA256.HashSizeInBytes;

    /// <summary>A PEM file with the authorities that are trusted instead of the system's. Default: none.</summary>
    public string? AuthorityPath { get; set; }

    /// <summary>Authorities that are trusted instead of the system's. Default: none.</summary>
    public X509Certificate2Collection Authorities { get; } = [];

    /// <summary>
    /// The SHA-256 thumbprint, in hexadecimal digits, of the only certificate that is accepted: whoever issued it and whomever it names,
    /// while it is valid. Colons and spaces between digits are ignored. Default: none.
    /// </summary>
    public string? ServerThumbprint { get; set; }

    /// <summary>The name that the server's certificate must have. Default: none, the host of the address.</summary>
    public string? ServerName { get; set; }

    /// <summary>
    /// A PEM file with the client's own certificate, and after it those between it and its authority. It is loaded again when it changes.
    /// Default: none.
    /// </summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with its private key. Default: none, it is in the file of <see cref="CertificatePath"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>What the key is encrypted with. Default: none, it is not.</summary>
    public string? KeyPassword { get; set; }

    /// <summary>The client's own certificate with its private key, instead of files. Default: none.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>How often the files are looked at, at most; only when a connection is made. Default: 10 seconds.</summary>
    public TimeSpan ReloadInterval { get; set; } = PemCertificateSource.DefaultInterval;

    /// <summary>
    /// Whether it is found out, over the network, if the server's certificate is revoked. Default: it is not, as the framework has it.
    /// </summary>
    public X509RevocationMode RevocationMode { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>Checks the values, and loads the files to see that they can be used.</summary>
    /// <exception cref="ArgumentException">A value is malformed, or contradicts another one; the message says which.</exception>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: a file is missing, or does not hold what it should.
    /// </exception>
    public void Validate()
    {
        CheckValues();
        if (CertificatePath is not null) TlsCertificate.Load(CertificatePath, KeyPath, KeyPassword);
        if (AuthorityPath is not null) TlsCertificate.LoadAuthorities(AuthorityPath);
    }

    /// <summary>Checks the values without a look at the files.</summary>
    internal void CheckValues()
    {
        if (CertificatePath is not null && Certificate is not null)
        {
            throw new ArgumentException($"{nameof(CertificatePath)} and {nameof(Certificate)} are both set; keep one of them.");
        }

        if (CertificatePath is null && KeyPath is not null)
        {
            throw new ArgumentException($"{nameof(KeyPath)} is set without {nameof(CertificatePath)}; set both, or neither.");
        }

        if (ReloadInterval < TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(ReloadInterval)} is {ReloadInterval}; it must not be negative.");
        }

        if (ServerThumbprint is null) return;
        if (AuthorityPath is not null || Authorities.Count > 0)
        {
            throw new ArgumentException(
                $"{nameof(ServerThumbprint)} alone decides which certificate is accepted; "
                + $"remove it, or {nameof(AuthorityPath)} and {nameof(Authorities)}.");
        }

        string thumbprint = Normalize(ServerThumbprint);
        if (thumbprint.Length == ThumbprintLength && thumbprint.All(char.IsAsciiHexDigit)) return;
        throw new ArgumentException(
            $"{nameof(ServerThumbprint)} is '{ServerThumbprint}'; it must be {ThumbprintLength} hexadecimal digits, "
            + "the SHA-256 of the certificate, such as openssl x509 -fingerprint -sha256 prints.");
    }

    /// <summary>Reads the files and translates the settings into the framework's.</summary>
    internal TlsClientSettings Load(ILogger logger)
    {
        CheckValues();
        TlsCertificateSource? source = Certificate is not null ? TlsCertificateSource.FromCertificate(Certificate)
            : CertificatePath is not null ? TlsCertificateSource.FromPemFiles(CertificatePath, KeyPath, KeyPassword, ReloadInterval)
            : null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName,
            CertificateRevocationCheckMode = RevocationMode,
        };
        if (AuthorityPath is not null || Authorities.Count > 0)
        {
            options.CertificateChainPolicy = TrustPolicy.Create(Authorities, AuthorityPath, RevocationMode);
        }

        return new TlsClientSettings(options, source, logger)
        {
            Thumbprint = ServerThumbprint is null ? null : Normalize(ServerThumbprint),
        };
    }

    private static string Normalize(string thumbprint) =>
        thumbprint.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
}
