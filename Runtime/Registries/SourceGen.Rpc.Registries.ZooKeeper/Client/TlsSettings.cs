using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>How connections are encrypted.</summary>
/// <param name="Authorities">The authorities that servers' certificates must come from; null for those of the operating system.</param>
/// <param name="Certificate">What the client shows; null for nothing.</param>
/// <param name="ServerName">The name that servers' certificates must have; null for the host of the address.</param>
internal sealed record TlsSettings(X509Certificate2Collection? Authorities, X509Certificate2? Certificate, string? ServerName)
{
    /// <summary>Reads the files.</summary>
    /// <param name="authorityFile">PEM with certificates; null for the operating system's.</param>
    /// <param name="certificateFile">PEM with the client's certificate; null for none.</param>
    /// <param name="keyFile">PEM with its key; null when it stands beside the certificate.</param>
    /// <param name="serverName">See <see cref="ServerName"/>.</param>
    /// <exception cref="ArgumentException">A file is missing or holds something else; the message names it.</exception>
    public static TlsSettings Load(string? authorityFile, string? certificateFile, string? keyFile, string? serverName)
    {
        X509Certificate2Collection? authorities = null;
        if (authorityFile is not null)
        {
            authorities = [];
            Read(authorityFile, () => authorities.ImportFromPemFile(authorityFile));
            if (authorities.Count == 0) throw new ArgumentException($"The file '{authorityFile}' holds no certificate in PEM form.");
        }

        X509Certificate2? certificate = null;
        if (certificateFile is not null) Read(certificateFile, () => certificate = LoadWithKey(certificateFile, keyFile));
        return new TlsSettings(authorities, certificate, serverName);
    }

    public SslClientAuthenticationOptions GetOptions(string host)
    {
        SslClientAuthenticationOptions options = new() { TargetHost = ServerName ?? host };
        if (Certificate is not null) options.ClientCertificates = [Certificate];
        if (Authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities);
        }

        return options;
    }

    private static X509Certificate2 LoadWithKey(string certificateFile, string? keyFile)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        // Windows encrypts only with keys that went through its key store.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
    }

    private static void Read(string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ArgumentException($"The file '{file}' cannot be read as a PEM file: {e.Message}", e);
        }
    }
}
