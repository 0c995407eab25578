using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Transport.Tls;

namespace SourceGen.Rpc;

/// <summary>The usual settings of a server's TLS; <see cref="TlsOptions"/> has all of the framework's.</summary>
public sealed class TlsServerOptions
{
    /// <summary>
    /// A PEM file with the server's certificate, and after it those between it and its authority. It is loaded again when it changes.
    /// Default: none.
    /// </summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with the private key. Default: none, it is in the file of <see cref="CertificatePath"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>What the key is encrypted with. Default: none, it is not.</summary>
    public string? KeyPassword { get; set; }

    /// <summary>The server's certificate with its private key, instead of files. Default: none.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>How often the files are looked at, at most; only when a client connects. Default: 10 seconds.</summary>
    public TimeSpan ReloadInterval { get; set; } = PemCertificateSource.DefaultInterval;

    /// <summary>Whether clients are asked for a certificate. Default: they are not.</summary>
    public TlsClientCertificateMode ClientCertificateMode { get; set; }

    /// <summary>
    /// A PEM file with the authorities whose client certificates are accepted, besides those of <see cref="ClientAuthorities"/>.
    /// Default: none.
    /// </summary>
    public string? ClientAuthorityPath { get; set; }

    /// <summary>
    /// The authorities whose client certificates are accepted. Who asks for certificates must name one: the system's authorities would
    /// vouch for everybody.
    /// </summary>
    public X509Certificate2Collection ClientAuthorities { get; } = [];

    /// <summary>
    /// Whether it is found out, over the network, if a client's certificate is revoked. Default: it is not, as private authorities seldom
    /// publish revocations.
    /// </summary>
    public X509RevocationMode RevocationMode { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>Checks the values, and loads the files to see that they can be used.</summary>
    /// <exception cref="ArgumentException">A value is missing, or contradicts another one; the message says which.</exception>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: a file is missing, or does not hold what it should.
    /// </exception>
    public void Validate()
    {
        CheckValues();
        if (CertificatePath is not null) TlsCertificate.Load(CertificatePath, KeyPath, KeyPassword);
        if (ClientAuthorityPath is not null) TlsCertificate.LoadAuthorities(ClientAuthorityPath);
    }

    /// <summary>Checks the values without a look at the files.</summary>
    internal void CheckValues()
    {
        if (CertificatePath is null == Certificate is null)
        {
            throw new ArgumentException(CertificatePath is null
                ? $"A TLS server needs a certificate: set {nameof(CertificatePath)} and {nameof(KeyPath)}, or {nameof(Certificate)}."
                : $"{nameof(CertificatePath)} and {nameof(Certificate)} are both set; keep one of them.");
        }

        if (ReloadInterval < TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(ReloadInterval)} is {ReloadInterval}; it must not be negative.");
        }

        bool hasAuthorities = ClientAuthorityPath is not null || ClientAuthorities.Count > 0;
        if (hasAuthorities == (ClientCertificateMode != TlsClientCertificateMode.None)) return;
        throw new ArgumentException(hasAuthorities
            ? $"{nameof(ClientAuthorities)} are given, and {nameof(ClientCertificateMode)} is None: nobody would be asked. "
                + "Set it to Require."
            : $"{nameof(ClientCertificateMode)} is {ClientCertificateMode}; "
                + $"set {nameof(ClientAuthorityPath)} or {nameof(ClientAuthorities)} too, "
                + "so that not everybody's certificates are accepted.");
    }

    /// <summary>Reads the files and translates the settings into the framework's.</summary>
    internal TlsServerSettings Load(ILogger logger)
    {
        CheckValues();
        TlsCertificateSource source = Certificate is not null
            ? TlsCertificateSource.FromCertificate(Certificate)
            : TlsCertificateSource.FromPemFiles(CertificatePath!, KeyPath, KeyPassword, ReloadInterval);
        var options = new SslServerAuthenticationOptions { CertificateRevocationCheckMode = RevocationMode };
        if (ClientCertificateMode != TlsClientCertificateMode.None)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = TrustPolicy.Create(ClientAuthorities, ClientAuthorityPath, RevocationMode);
        }

        if (ClientCertificateMode == TlsClientCertificateMode.Allow)
        {
            options.RemoteCertificateValidationCallback =
                static (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable;
        }

        return new TlsServerSettings(options, source, logger);
    }
}
