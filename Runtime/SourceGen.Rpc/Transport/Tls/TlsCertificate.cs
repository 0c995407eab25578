using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>A certificate with its key and its chain, ready for handshakes.</summary>
/// <param name="leaf">The certificate, with its private key.</param>
/// <param name="others">Certificates that lead from it to its authority; null when there are none.</param>
internal sealed class TlsCertificate(X509Certificate2 leaf, X509Certificate2Collection? others)
{
    /// <summary>The certificate.</summary>
    public X509Certificate2 Leaf => leaf;

    /// <summary>What handshakes use; nothing is fetched from the network to make it.</summary>
    public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(leaf, others, offline: true);

    /// <summary>Loads a certificate from PEM files.</summary>
    /// <param name="certificatePath">The certificate, followed by those that lead to its authority, if any.</param>
    /// <param name="keyPath">The private key; null when it is in the same file.</param>
    /// <param name="keyPassword">What the key is encrypted with; null when it is not.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: a file is missing, or does not hold what it should.
    /// </exception>
    public static TlsCertificate Load(string certificatePath, string? keyPath, string? keyPassword)
    {
        try
        {
            X509Certificate2 leaf = keyPassword is null
                ? X509Certificate2.CreateFromPemFile(certificatePath, keyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(certificatePath, keyPassword, keyPath);
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificatePath);
            return new TlsCertificate(MakeUsable(leaf), chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new RpcException(
                RpcStatusCode.FailedPrecondition,
                $"The certificate in {certificatePath} with the key in {keyPath ?? certificatePath} cannot be used: "
                + $"{e.Message.TrimEnd('.')}. Both must be PEM files that this process may read, and the key must be the certificate's.",
                e)
            {
                Progress = RpcCallProgress.NotSent,
            };
        }
    }

    /// <summary>Loads the certificates of authorities from a PEM file.</summary>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.FailedPrecondition"/>: the file is missing or holds no certificate.
    /// </exception>
    public static X509Certificate2Collection LoadAuthorities(string path)
    {
        Exception? cause = null;
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            cause = e;
        }

        if (authorities.Count > 0) return authorities;
        throw new RpcException(
            RpcStatusCode.FailedPrecondition,
            $"The authorities in {path} cannot be used: {cause?.Message.TrimEnd('.') ?? "it holds no certificate"}. "
            + "It must be a PEM file with at least one certificate that this process may read.",
            cause)
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    /// <summary>On Windows, TLS cannot use a key that exists in this process alone, which is what PEM gives.</summary>
    private static X509Certificate2 MakeUsable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
