namespace SourceGen.Rpc;

/// <summary>After which failures a call is repeated. Combine them; each says when that is safe, and is never followed when it is not.</summary>
[Flags]
public enum RetryConditions
{
    /// <summary>After none.</summary>
    None = 0,

    /// <summary>
    /// The call never ran: nothing of it was sent because there was no connection, or the server refused it because it is shutting down.
    /// Safe for every method.
    /// </summary>
    Unavailable = 1,

    /// <summary>The server refused the call before it ran because it was over a limit. Safe for every method.</summary>
    Overload = 2,

    /// <summary>
    /// The connection was lost after the call was sent and before its reply came, so that it may have run. Followed for idempotent methods
    /// only (<c>[Method(Idempotent = true)]</c>).
    /// </summary>
    Lost = 4,

    /// <summary>
    /// An attempt took longer than <see cref="RpcCallPolicy.AttemptTimeout"/>, so that it may have run; the call itself still has time. For
    /// idempotent methods only: a policy that asks for it does not fit others.
    /// </summary>
    Timeout = 8,

    /// <summary>After each of them. The default.</summary>
    All = Unavailable | Overload | Lost | Timeout,
}
