using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Security;

/// <summary>What is logged of authentication and authorization. Event ids 340 to 359. No line ever holds a credential.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(340, LogLevel.Warning, "Did not accept the credential of {Peer}: {Reason} {Count} were not accepted so far")]
    public static partial void NotAccepted(ILogger logger, RpcAddress peer, string reason, long count);

    [LoggerMessage(341, LogLevel.Error, "The authenticator {Authenticator} failed for {Peer}, which is refused: {Error}")]
    public static partial void AuthenticatorFailed(ILogger logger, string authenticator, RpcAddress peer, string error);

    [LoggerMessage(342, LogLevel.Error, "The authenticators did not come to judge {Peer} within {Limit}; it is refused")]
    public static partial void AuthenticatorTimedOut(ILogger logger, RpcAddress peer, TimeSpan limit);

    [LoggerMessage(343, LogLevel.Warning, "Refused a call from {Peer} ({Code}): {Reason} {Count} such calls were refused so far")]
    public static partial void CallRefused(ILogger logger, RpcAddress peer, RpcStatusCode code, string reason, long count);

    [LoggerMessage(344, LogLevel.Error, "A policy of {Method} failed; the call is refused")]
    public static partial void PolicyFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(345, LogLevel.Information, "{Peer} sent a credential, and this server has no authenticator: credentials are ignored")]
    public static partial void CredentialIgnored(ILogger logger, RpcAddress peer);

    [LoggerMessage(346, LogLevel.Warning, "{Peer} is refused: {Count} credentials are being judged already (MaxConcurrentChecks)")]
    public static partial void TooManyChecks(ILogger logger, RpcAddress peer, int count);
}
