using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Wire;

/// <summary>What connections log. Event ids 1 to 99.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1, LogLevel.Debug, "The connection to {Peer} has ended: {Reason}")]
    public static partial void Ended(ILogger logger, RpcAddress peer, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Closing the connection to {Peer}, which broke the wire protocol: {Violation}")]
    public static partial void ProtocolViolation(ILogger logger, RpcAddress peer, string violation);

    [LoggerMessage(3, LogLevel.Warning,
        "Closing the connection to {Peer}: it was silent for {Milliseconds} ms and did not answer a keep-alive ping")]
    public static partial void PeerSilent(ILogger logger, RpcAddress peer, long milliseconds);

    [LoggerMessage(4, LogLevel.Information, "{Peer} takes no more calls on its connection ({Code}): {Reason}")]
    public static partial void PeerLeaves(ILogger logger, RpcAddress peer, RpcStatusCode code, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Releasing resources of the connection to {Peer} failed")]
    public static partial void DisposalFailed(ILogger logger, RpcAddress peer, Exception error);

    [LoggerMessage(6, LogLevel.Error, "The result of {Method} cannot be encoded")]
    public static partial void ResultNotEncodable(ILogger logger, string method, Exception error);

    [LoggerMessage(7, LogLevel.Warning, "Refused a call of {Method} from {Peer}: its arguments cannot be read: {Error}")]
    public static partial void ArgumentsRefused(ILogger logger, string method, RpcAddress peer, string error);

    [LoggerMessage(8, LogLevel.Error, "A continuation of {Method} threw; a continuation attached by hand must handle its exceptions")]
    public static partial void ContinuationFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(10, LogLevel.Warning,
        "Closing the connection to {Peer}: it has read nothing for {Milliseconds} ms, while answers to it wait")]
    public static partial void PeerDoesNotRead(ILogger logger, RpcAddress peer, long milliseconds);

    [LoggerMessage(9, LogLevel.Error, "A callback that was registered with RpcPeer.Closed of {Peer} threw")]
    public static partial void ClosedCallbackFailed(ILogger logger, RpcAddress peer, Exception error);
    [LoggerMessage(12, LogLevel.Warning, "Refused a call from {Peer}: {Reason}")]
    public static partial void HeadersRefused(ILogger logger, RpcAddress peer, string reason);

    [LoggerMessage(13, LogLevel.Error, "The result of {Method} does not reach {Peer}: {Reason}")]
    public static partial void ReplyHeadersTooLarge(ILogger logger, string method, RpcAddress peer, string reason);

    [LoggerMessage(14, LogLevel.Error, "A listener of traces or metrics threw at a call of {Method}; the call goes on")]
    public static partial void ListenerFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(15, LogLevel.Warning,
        "Refused {Count} more calls from {Peer} whose arguments or headers cannot be read; not every one is logged")]
    public static partial void UnreadableSuppressed(ILogger logger, RpcAddress peer, long count);
}
