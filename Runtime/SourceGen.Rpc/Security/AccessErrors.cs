using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>
/// What callers are told. Nothing that names a method goes to those whose identity is not established: they are not to learn what there is.
/// </summary>
internal static class AccessErrors
{
    /// <summary>There is no credential.</summary>
    public static ErrorMessage NoCredential { get; } = Unauthenticated(
        "The call was refused: the caller is not authenticated. Send a credential with the connection or with the call "
        + "(RpcClientOptions.Credentials).");

    /// <summary>There was one, of a kind that no authenticator knows.</summary>
    public static ErrorMessage UnknownCredential { get; } = Unauthenticated(
        "The call was refused: the caller is not authenticated. The server has no use for the kind of credential that it sent.");

    /// <summary>The principal has expired.</summary>
    public static ErrorMessage Expired { get; } = Unauthenticated(
        "The call was refused: the caller's authentication has expired. Connect again, or call, with a new credential.");

    /// <summary>An authenticator said no.</summary>
    public static ErrorMessage NotAccepted { get; } = Unauthenticated("The credential was not accepted; the server's log says why.");

    /// <summary>The connection must be authenticated.</summary>
    public static ErrorMessage ConnectionNotAuthenticated { get; } = Unauthenticated(
        "The server takes authenticated connections only. Send a credential (RpcClientOptions.Credentials), or a client certificate if it "
        + "asks for one.");

    /// <summary>Which of several headers counts is not for the server to choose.</summary>
    public static ErrorMessage SeveralCredentials { get; } = Unauthenticated(
        "The call was refused: it has several authorization headers. Send one.");

    /// <summary>The credential is too long.</summary>
    public static ErrorMessage TooLong { get; } = Unauthenticated(
        $"The credential is longer than the {Secrets.MaxLength:N0} characters that are read.");

    /// <summary>An authenticator or a policy threw.</summary>
    public static ErrorMessage CheckFailed { get; } = new(
        RpcStatusCode.Internal, "The server could not judge the caller; its log says why.", Refused: true);

    /// <summary>An authenticator or a policy did not come to an end.</summary>
    public static ErrorMessage CheckTimedOut { get; } = new(
        RpcStatusCode.Unavailable, "The server did not come to judge the caller in time. Try again later.", Refused: true);

    /// <summary>Too many are being judged.</summary>
    public static ErrorMessage TooManyChecks { get; } = new(
        RpcStatusCode.ResourceExhausted,
        "The server is judging as many credentials as it takes at once (MaxConcurrentChecks). Try again later.",
        Refused: true);

    /// <summary>Too much waits for callers to be judged.</summary>
    public static ErrorMessage TooMuchHeld { get; } = new(
        RpcStatusCode.ResourceExhausted,
        "Requests of this connection that wait for their callers to be judged hold as much as the server keeps (MaxReassemblySize).",
        Refused: true);

    /// <summary>A caller that is known lacks something.</summary>
    public static ErrorMessage Denied(string method, string missing) => new(
        RpcStatusCode.PermissionDenied, $"{method} was refused: the caller {missing}.", Refused: true);

    private static ErrorMessage Unauthenticated(string detail) => new(RpcStatusCode.Unauthenticated, detail, Refused: true);
}
