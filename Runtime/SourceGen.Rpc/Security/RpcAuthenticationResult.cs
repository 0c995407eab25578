using System.Security.Claims;

namespace SourceGen.Rpc;

/// <summary>What an <see cref="IRpcAuthenticator"/> comes to.</summary>
public sealed class RpcAuthenticationResult
{
    private RpcAuthenticationResult()
    {
    }

    /// <summary>
    /// This authenticator has nothing to say: there is no credential, or one of a kind that others know. The next one is asked.
    /// </summary>
    public static RpcAuthenticationResult NoResult { get; } = new();

    /// <summary>Who it is; null unless it was established.</summary>
    public ClaimsPrincipal? Principal { get; private init; }

    /// <summary>From when on <see cref="Principal"/> does not count any more; null for never.</summary>
    public DateTimeOffset? Expires { get; private init; }

    /// <summary>Why the credential is not accepted; null unless it is not.</summary>
    public string? FailureReason { get; private init; }

    /// <summary>The peer is who it says.</summary>
    /// <param name="principal">Who that is.</param>
    /// <param name="expires">
    /// From when on it does not count: calls are then refused with <see cref="RpcStatusCode.Unauthenticated"/> until the client brings
    /// another credential. Null for never.
    /// </param>
    /// <exception cref="ArgumentException">The principal has no identity that is authenticated.</exception>
    public static RpcAuthenticationResult Success(ClaimsPrincipal principal, DateTimeOffset? expires = null)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (!principal.Identities.Any(static identity => identity.IsAuthenticated))
        {
            throw new ArgumentException(
                "The principal has no authenticated identity: give its ClaimsIdentity an authentication type, for example "
                + "new ClaimsIdentity(claims, \"Bearer\").",
                nameof(principal));
        }

        return new RpcAuthenticationResult { Principal = principal, Expires = expires };
    }

    /// <summary>The peer is not who it says. No other authenticator is asked.</summary>
    /// <param name="reason">
    /// Why, for the server's log, without the credential itself. The peer is only told that its credential was not accepted.
    /// </param>
    public static RpcAuthenticationResult Fail(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new RpcAuthenticationResult { FailureReason = reason };
    }
}
