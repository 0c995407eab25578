using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Server;

/// <summary>What servers log. Event ids 100 to 199.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(100, LogLevel.Information, "Listening at {Address}")]
    public static partial void Listening(ILogger logger, RpcAddress address);

    [LoggerMessage(101, LogLevel.Error, "{Method} failed; its caller was told the id {ErrorId}")]
    public static partial void HandlerFailed(ILogger logger, string method, string errorId, Exception error);

    [LoggerMessage(102, LogLevel.Debug, "{Peer} connected and speaks {Codec} ({Agent})")]
    public static partial void Connected(ILogger logger, RpcAddress peer, string codec, string agent);

    [LoggerMessage(103, LogLevel.Warning, "Refused the connection from {Peer}: {Reason}")]
    public static partial void Refused(ILogger logger, RpcAddress peer, string reason);

    [LoggerMessage(104, LogLevel.Error, "Accepting connections at {Address} failed; trying again in {Milliseconds} ms")]
    public static partial void AcceptFailed(ILogger logger, RpcAddress address, int milliseconds, Exception error);

    [LoggerMessage(105, LogLevel.Information, "Stopping: {Connections} connections, {Calls} calls in flight")]
    public static partial void Stopping(ILogger logger, int connections, int calls);

    [LoggerMessage(106, LogLevel.Warning, "{Calls} calls were still in flight after {Elapsed} and are cancelled")]
    public static partial void DrainTimedOut(ILogger logger, int calls, TimeSpan elapsed);

    [LoggerMessage(107, LogLevel.Warning, "Refused a call of {Method} from {Peer}: {Reason} {Count} calls were refused so far")]
    public static partial void CallRefused(ILogger logger, string method, RpcAddress peer, string reason, long count);

    [LoggerMessage(108, LogLevel.Error, "The rate limiter failed")]
    public static partial void RateLimiterFailed(ILogger logger, Exception error);

    [LoggerMessage(109, LogLevel.Debug, "{Service} is not offered to clients with the codec {Codec}: {Reason}")]
    public static partial void BuiltInNotOffered(ILogger logger, string service, string codec, string reason);

    [LoggerMessage(110, LogLevel.Error, "{Hook} failed in {Step}; the server stops all the same")]
    public static partial void HookFailed(ILogger logger, IRpcServerLifecycle hook, string step, Exception error);

    [LoggerMessage(111, LogLevel.Warning, "{Hook} did not finish {Step} within {Timeout}; the server stops all the same")]
    public static partial void HookTimedOut(ILogger logger, IRpcServerLifecycle hook, string step, TimeSpan timeout);
}
