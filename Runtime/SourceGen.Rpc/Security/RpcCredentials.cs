using SourceGen.Rpc.Security;

namespace SourceGen.Rpc;

/// <summary>
/// Where a client gets its credential from, and whether it goes with the connection or with each call. Its text never shows the credential.
/// </summary>
public sealed class RpcCredentials
{
    private RpcCredentials(Func<CancellationToken, ValueTask<RpcCredential>> provider, bool isFixed, bool isPerCall)
    {
        Provider = provider;
        IsFixed = isFixed;
        IsPerCall = isPerCall;
    }

    /// <summary>
    /// Whether the credential goes with each call, in its <c>authorization</c> header, instead of with the connection. Default: false.
    /// </summary>
    public bool IsPerCall { get; }

    /// <summary>Gets the credential.</summary>
    internal Func<CancellationToken, ValueTask<RpcCredential>> Provider { get; }

    /// <summary>Whether asking again is in vain.</summary>
    internal bool IsFixed { get; }

    /// <summary>A bearer token that never changes.</summary>
    /// <param name="token">The token, without a scheme.</param>
    /// <exception cref="ArgumentException">The token is empty, too long, or cannot be sent; the message does not quote it.</exception>
    public static RpcCredentials Bearer(string token)
    {
        RpcCredential credential = RpcCredential.Bearer(token);
        return new RpcCredentials(_ => new ValueTask<RpcCredential>(credential), isFixed: true, isPerCall: false);
    }

    /// <summary>
    /// Bearer tokens from a function, which is asked whenever a connection is opened, and again after the server has refused a call with
    /// <see cref="RpcStatusCode.Unauthenticated"/>. With <see cref="PerCall"/> a token is kept until then.
    /// </summary>
    /// <param name="getToken">Gets a token, without a scheme.</param>
    public static RpcCredentials Bearer(Func<CancellationToken, ValueTask<string>> getToken)
    {
        ArgumentNullException.ThrowIfNull(getToken);
        return From(async cancellationToken => RpcCredential.Bearer(await getToken(cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>
    /// Credentials from a function. One that says when it <see cref="RpcCredential.Expires"/> is kept until nine tenths of its time are
    /// over; a connection that was opened with it is then replaced by one with the next.
    /// </summary>
    /// <param name="getCredential">Gets a credential.</param>
    public static RpcCredentials From(Func<CancellationToken, ValueTask<RpcCredential>> getCredential)
    {
        ArgumentNullException.ThrowIfNull(getCredential);
        return new RpcCredentials(getCredential, isFixed: false, isPerCall: false);
    }

    /// <summary>The same credentials, sent with each call instead of with the connection.</summary>
    public RpcCredentials PerCall() => new(Provider, IsFixed, isPerCall: true);

    /// <summary>Where they go; the credential is left out.</summary>
    public override string ToString() => IsPerCall ? "A credential with each call" : "A credential with the connection";
}
