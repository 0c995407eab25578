using System.Security.Claims;

namespace SourceGen.Rpc;

/// <summary>
/// Authenticates by bearer tokens, which a function judges; it has nothing to say about peers without one. Compare secrets with
/// <see cref="System.Security.Cryptography.CryptographicOperations.FixedTimeEquals"/>, not with <c>==</c>.
/// </summary>
public sealed class RpcBearerAuthenticator : IRpcAuthenticator
{
    private readonly Func<string, CancellationToken, ValueTask<RpcAuthenticationResult>> _judge;

    /// <summary>Judges tokens with a function that does not wait.</summary>
    /// <param name="judge">Gets the principal of a token; null when it is not valid.</param>
    public RpcBearerAuthenticator(Func<string, ClaimsPrincipal?> judge)
    {
        ArgumentNullException.ThrowIfNull(judge);
        _judge = (token, _) => new ValueTask<RpcAuthenticationResult>(judge(token) is { } principal
            ? RpcAuthenticationResult.Success(principal)
            : RpcAuthenticationResult.Fail("the bearer token is not valid"));
    }

    /// <summary>Judges tokens with a function that may wait, and that can say until when a token is valid.</summary>
    /// <param name="judge">Judges a token.</param>
    public RpcBearerAuthenticator(Func<string, CancellationToken, ValueTask<RpcAuthenticationResult>> judge)
    {
        ArgumentNullException.ThrowIfNull(judge);
        _judge = judge;
    }

    /// <inheritdoc/>
    public ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.BearerToken is { Length: > 0 } token
            ? _judge(token, cancellationToken)
            : new ValueTask<RpcAuthenticationResult>(RpcAuthenticationResult.NoResult);
    }
}
