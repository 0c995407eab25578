using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>Makes the policy that trusts given authorities, and no others.</summary>
internal static class TrustPolicy
{
    /// <summary>Creates the policy.</summary>
    /// <param name="authorities">Authorities.</param>
    /// <param name="path">A PEM file with further ones, or null.</param>
    /// <param name="revocation">Whether revocation is checked.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.FailedPrecondition"/>: the file cannot be used.</exception>
    public static X509ChainPolicy Create(X509Certificate2Collection authorities, string? path, X509RevocationMode revocation)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = revocation,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            // Peers send the certificates in between; what they leave out is not fetched from an address that they choose.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        if (path is not null) policy.CustomTrustStore.AddRange(TlsCertificate.LoadAuthorities(path));
        return policy;
    }
}
