using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Errors;

/// <summary>What becomes of declared errors that cannot travel. Event ids 360 to 379.</summary>
internal static partial class ErrorLog
{
    [LoggerMessage(360, LogLevel.Warning, "The detail {Type} of an error of {Method} was left out: {Reason}")]
    public static partial void DetailLeftOut(ILogger logger, string type, string method, string reason, Exception? error);

    [LoggerMessage(361, LogLevel.Warning, "The detail {Type} of an error was left out: {Peer} accepts at most {Limit} bytes")]
    public static partial void DetailTooLargeForPeer(ILogger logger, string type, RpcAddress peer, long limit);

    [LoggerMessage(362, LogLevel.Warning, "{Method} failed, and the {Type} that {Peer} sent with the error cannot be read")]
    public static partial void DetailNotReadable(ILogger logger, string method, string type, RpcAddress peer, Exception error);
}
