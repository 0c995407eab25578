using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>Copies the framework's options: what users change afterwards must not reach handshakes that run.</summary>
internal static class TlsOptionsCopy
{
    /// <summary>Copies a server's options.</summary>
    public static SslServerAuthenticationOptions Of(SslServerAuthenticationOptions options)
    {
        SslServerAuthenticationOptions copy = OfCommon(options);
#if NET10_0_OR_GREATER
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            copy.AllowRsaPkcs1Padding = options.AllowRsaPkcs1Padding;
            copy.AllowRsaPssPadding = options.AllowRsaPssPadding;
        }
#endif
        return copy;
    }

    /// <summary>Copies a client's options.</summary>
    public static SslClientAuthenticationOptions Of(SslClientAuthenticationOptions options)
    {
        SslClientAuthenticationOptions copy = OfCommon(options);
#if NET10_0_OR_GREATER
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            copy.AllowRsaPkcs1Padding = options.AllowRsaPkcs1Padding;
            copy.AllowRsaPssPadding = options.AllowRsaPssPadding;
        }
#endif
        return copy;
    }

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static X509ChainPolicy? Of(X509ChainPolicy? policy, string usage)
    {
        if (policy is null) return null;
        X509ChainPolicy copy = policy.Clone();
        // Said here, because handshakes that run at the same time share the policy, and each would add it.
        if (copy.ApplicationPolicy.Count == 0) copy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(usage));
        return copy;
    }

    private static SslServerAuthenticationOptions OfCommon(SslServerAuthenticationOptions options) => new()
    {
        AllowRenegotiation = options.AllowRenegotiation,
        AllowTlsResume = options.AllowTlsResume,
        ApplicationProtocols = options.ApplicationProtocols is { } protocols ? [.. protocols] : null,
        CertificateChainPolicy = Of(options.CertificateChainPolicy, ClientAuthentication),
        CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        ClientCertificateRequired = options.ClientCertificateRequired,
        EnabledSslProtocols = options.EnabledSslProtocols,
        EncryptionPolicy = options.EncryptionPolicy,
        RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
        ServerCertificate = options.ServerCertificate,
        ServerCertificateContext = options.ServerCertificateContext,
        ServerCertificateSelectionCallback = options.ServerCertificateSelectionCallback,
    };

    private static SslClientAuthenticationOptions OfCommon(SslClientAuthenticationOptions options) => new()
    {
        AllowRenegotiation = options.AllowRenegotiation,
        AllowTlsResume = options.AllowTlsResume,
        ApplicationProtocols = options.ApplicationProtocols is { } protocols ? [.. protocols] : null,
        CertificateChainPolicy = Of(options.CertificateChainPolicy, ServerAuthentication),
        CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        ClientCertificateContext = options.ClientCertificateContext,
        ClientCertificates = options.ClientCertificates is { } certificates ? [.. certificates] : null,
        EnabledSslProtocols = options.EnabledSslProtocols,
        EncryptionPolicy = options.EncryptionPolicy,
        LocalCertificateSelectionCallback = options.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
        TargetHost = options.TargetHost,
    };
}
