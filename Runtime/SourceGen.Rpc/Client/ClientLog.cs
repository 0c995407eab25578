using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

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

    [LoggerMessage(204, LogLevel.Information, "{Address} offers no service any more that is called here; its connection is closed when it is idle")]
    public static partial void NodeLeft(ILogger logger, RpcAddress address);

    [LoggerMessage(205, LogLevel.Warning, "{Instance} is not called: {Reason}")]
    public static partial void NodeUnusable(ILogger logger, ServiceInstance instance, string reason);

    [LoggerMessage(206, LogLevel.Warning, "{Method} failed, and its caller is not told (CallStrategy.Failsafe): {Reason}")]
    public static partial void CallGivenUp(ILogger logger, string method, string reason);
}
