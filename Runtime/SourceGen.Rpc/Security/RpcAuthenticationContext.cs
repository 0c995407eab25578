using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Security;

namespace SourceGen.Rpc;

/// <summary>What a server knows of a peer whose identity it is about to establish.</summary>
public sealed class RpcAuthenticationContext
{
    private const string BearerScheme = "Bearer ";

    /// <summary>Creates a context; servers do, and tests of authenticators.</summary>
    /// <param name="remoteAddress">Where the peer comes from.</param>
    /// <param name="credential">Scheme and credential, or null.</param>
    /// <param name="isCall">Whether the credential came with a call.</param>
    public RpcAuthenticationContext(RpcAddress remoteAddress, string? credential = null, bool isCall = false)
    {
        ArgumentNullException.ThrowIfNull(remoteAddress);
        RemoteAddress = remoteAddress;
        Credential = credential;
        IsCall = isCall;
    }

    /// <summary>Where the peer comes from.</summary>
    public RpcAddress RemoteAddress { get; }

    /// <summary>
    /// What the client's hello, or the <c>authorization</c> header of a call, says: a scheme, a space and the credential. Null when the
    /// hello has none. At most 16,384 characters; nothing else is known of it.
    /// </summary>
    public string? Credential { get; }

    /// <summary>The token of a <see cref="Credential"/> with the scheme <c>Bearer</c>; null for any other.</summary>
    public string? BearerToken =>
        Credential is { } value && value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
            ? value[BearerScheme.Length..].Trim()
            : null;

    /// <summary>Whether the credential came with a call; otherwise a connection is being opened.</summary>
    public bool IsCall { get; }

    /// <summary>
    /// The certificate that the client proved to have, accepted by the rules of the TLS transport; null without one. It belongs to the
    /// connection: who needs it for longer takes a copy.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Who opened the connection that the call came over, if that was established.</summary>
    public ClaimsPrincipal? ConnectionUser { get; init; }

    /// <summary>Where the peer comes from; the credential is left out.</summary>
    public override string ToString() => $"{(IsCall ? "A call" : "A connection")} from {RemoteAddress}, {Secrets.Describe(Credential)}";
}
