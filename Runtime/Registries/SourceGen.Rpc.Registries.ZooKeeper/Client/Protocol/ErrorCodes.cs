namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What errors mean.</summary>
internal static class ErrorCodes
{
    /// <summary>The error in words, for messages.</summary>
    public static string Describe(this ErrorCode error) =>
        Enum.IsDefined(error) ? $"{error} ({(int)error})" : $"error {(int)error}";

    /// <summary>
    /// Whether the session cannot be used over this connection any more; the next connection finds out what became of it.
    /// </summary>
    public static bool EndsConnection(this ErrorCode error) =>
        error is ErrorCode.SessionExpired or ErrorCode.SessionMoved or ErrorCode.ConnectionLoss;

    /// <summary>Whether the server does not accept who asks, as opposed to not permitting something.</summary>
    public static bool IsUnauthenticated(this ErrorCode error) => error is ErrorCode.AuthFailed or ErrorCode.SaslRequired;
}
