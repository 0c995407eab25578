using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Client;

/// <summary>What clients log. Event ids 200 to 299.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(200, LogLevel.Debug, "Connected to {Peer}, which speaks {Codec} ({Agent})")]
    public static partial void Connected(ILogger logger, RpcAddress peer, string codec, string agent);

    [LoggerMessage(201, LogLevel.Warning, "Attempt {Attempt} to connect to {Address} failed; the next is in {Milliseconds} ms: {Reason}")]
    public static partial void ConnectFailed(ILogger logger, int attempt, RpcAddress address, int milliseconds, string reason);

    [LoggerMessage(202, LogLevel.Warning, "{Peer} has another contract for {Service}: {Differences}")]
    public static partial void ContractDiffers(ILogger logger, RpcAddress peer, string service, string differences);

    [LoggerMessage(203, LogLevel.Warning, "{Calls} calls of {Peer} were still being served after {Elapsed} and are cancelled")]
    public static partial void DrainTimedOut(ILogger logger, int calls, RpcAddress peer, TimeSpan elapsed);
}
