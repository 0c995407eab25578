using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc;

/// <summary>
/// Authenticates connections by the client's TLS certificate, which the transport has accepted already: who may issue it is a setting of
/// the transport (<see cref="TlsServerOptions.ClientAuthorities"/>). It has nothing to say about clients without one, and ends with the
/// certificate's validity.
/// </summary>
public sealed class RpcCertificateAuthenticator : IRpcAuthenticator
{
    /// <summary>The authentication type of the identities that <see cref="Describe"/> makes.</summary>
    public const string AuthenticationType = "ClientCertificate";

    private readonly Func<X509Certificate2, ClaimsPrincipal?> _describe;

    /// <summary>Creates the authenticator.</summary>
    /// <param name="describe">
    /// Gets the principal of a certificate; null when it is not one of those that are let in. Default: every one, as
    /// <see cref="Describe"/> has it.
    /// </param>
    public RpcCertificateAuthenticator(Func<X509Certificate2, ClaimsPrincipal?>? describe = null) => _describe = describe ?? Describe;

    /// <summary>
    /// The principal of a certificate: its name (<see cref="ClaimTypes.Name"/>) is the simple name of the subject; further claims are the
    /// subject (<see cref="ClaimTypes.X500DistinguishedName"/>) and the SHA-256 of the certificate in hexadecimal digits
    /// (<see cref="ClaimTypes.Thumbprint"/>).
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    public static ClaimsPrincipal Describe(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)),
                new Claim(ClaimTypes.X500DistinguishedName, certificate.Subject),
                new Claim(ClaimTypes.Thumbprint, certificate.GetCertHashString(HashAlgorithmName.SHA256)),
            ],
            AuthenticationType));
    }

    /// <inheritdoc/>
    public ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new ValueTask<RpcAuthenticationResult>(
            context is { IsCall: false, ClientCertificate: { } certificate } ? Judge(certificate) : RpcAuthenticationResult.NoResult);
    }

    private RpcAuthenticationResult Judge(X509Certificate2 certificate) => _describe(certificate) is { } principal
        ? RpcAuthenticationResult.Success(principal, certificate.NotAfter)
        : RpcAuthenticationResult.Fail($"the client certificate of {certificate.Subject} is not one of those that are let in");
}
