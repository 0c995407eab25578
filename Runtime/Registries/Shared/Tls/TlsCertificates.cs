using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>What a TLS connection to a registry is made with. Immutable.</summary>
internal sealed class TlsCertificates
{
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _own;

    private TlsCertificates(X509Certificate2Collection? authorities, X509Certificate2? own)
    {
        _authorities = authorities;
        _own = own;
    }

    /// <summary>Reads the files.</summary>
    /// <param name="authorities">The path of the certificates that servers' must be issued by; null for those the system trusts.</param>
    /// <param name="certificate">The path of this side's certificate; null for none.</param>
    /// <param name="key">The path of its key; null when it stands in the same file.</param>
    /// <exception cref="ArgumentException">A file cannot be read or holds something else; the message names it.</exception>
    public static TlsCertificates Load(string? authorities, string? certificate, string? key) => new(
        authorities is null ? null : Load(authorities, static path =>
        {
            X509Certificate2Collection found = [];
            found.ImportFromPemFile(path);
            return found.Count > 0 ? found : throw new CryptographicException("it holds no certificate");
        }),
        certificate is null ? null : Load(certificate, path => Usable(X509Certificate2.CreateFromPemFile(path, key))));

    /// <summary>Options for one connection.</summary>
    /// <param name="serverName">The name that the server's certificate must have.</param>
    public SslClientAuthenticationOptions CreateOptions(string serverName)
    {
        SslClientAuthenticationOptions options = new() { TargetHost = serverName };
        if (_authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }

        if (_own is { } own)
        {
            options.ClientCertificates = [own];
            // Also where the server's list of accepted issuers does not name the one of this certificate, as with a chain of several.
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        }

        return options;
    }

    /// <summary>Windows takes no key for TLS that was read from PEM and never stored.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }

    private static T Load<T>(string path, Func<string, T> load)
    {
        try
        {
            return load(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ArgumentException($"'{path}' cannot be used for TLS: {e.Message} It must be a readable PEM file.", e);
        }
    }
}
