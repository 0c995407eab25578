using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Errors;

/// <summary>What becomes of declared errors that cannot travel. Event ids 300 to 399.</summary>
internal static partial class ErrorLog
{
    [LoggerMessage(300, LogLevel.Warning, "The detail {Type} of an error of {Method} was left out: {Reason}")]
    public static partial void DetailLeftOut(ILogger logger, string type, string method, string reason, Exception? error);

    [LoggerMessage(301, LogLevel.Warning, "The detail {Type} of an error was left out: {Peer} accepts at most {Limit} bytes")]
    public static partial void DetailTooLargeForPeer(ILogger logger, string type, RpcAddress peer, long limit);

    [LoggerMessage(302, LogLevel.Warning, "{Method} failed, and the {Type} that {Peer} sent with the error cannot be read")]
    public static partial void DetailNotReadable(ILogger logger, string method, string type, RpcAddress peer, Exception error);
}
