using SourceGen.Rpc.Security;

namespace SourceGen.Rpc;

/// <summary>What a client proves itself with. Its text (<see cref="ToString"/>) never shows it.</summary>
public sealed class RpcCredential
{
    private readonly string _scheme;

    private RpcCredential(string scheme, string secret, DateTimeOffset? expires)
    {
        _scheme = scheme;
        Value = $"{scheme} {secret}";
        Expires = expires;
    }

    /// <summary>From when on the server does not accept it any more; null when that is not known.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>Scheme and secret, as they go over the wire.</summary>
    internal string Value { get; }

    /// <summary>A bearer token, such as a JWT.</summary>
    /// <param name="token">The token, without a scheme.</param>
    /// <param name="expires">From when on the server does not accept it any more; null when that is not known.</param>
    /// <exception cref="ArgumentException">The token is empty, too long, or cannot be sent; the message does not quote it.</exception>
    public static RpcCredential Bearer(string token, DateTimeOffset? expires = null) => Create("Bearer", token, expires);

    /// <summary>A credential of a scheme that the server's authenticators know.</summary>
    /// <param name="scheme">The scheme: an ASCII word.</param>
    /// <param name="secret">The credential.</param>
    /// <param name="expires">From when on the server does not accept it any more; null when that is not known.</param>
    /// <exception cref="ArgumentException">A part is empty, too long, or cannot be sent; the message does not quote the secret.</exception>
    public static RpcCredential Create(string scheme, string secret, DateTimeOffset? expires = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentException.ThrowIfNullOrEmpty(secret);
        if (HeaderRules.Check(scheme, "") is not null)
            throw new ArgumentException("A scheme is a word of ASCII letters, digits and !#$%&'*+-.^_`|~.", nameof(scheme));
        if (secret.AsSpan().Trim().Length != secret.Length || HeaderRules.Check(Secrets.HeaderName, secret) is not null)
        {
            throw new ArgumentException(
                "The credential begins or ends with white space, or holds characters that cannot be sent; "
                + "was it read from a file with a line end?",
                nameof(secret));
        }

        if (scheme.Length + 1 + secret.Length > Secrets.MaxLength)
        {
            throw new ArgumentException(
                $"The credential has {secret.Length:N0} characters; at most {Secrets.MaxLength:N0} are sent, the scheme included.",
                nameof(secret));
        }

        return new RpcCredential(scheme, secret, expires);
    }

    /// <summary>The scheme; the credential is left out.</summary>
    public override string ToString() => $"{_scheme} {Secrets.Hidden}";
}
