using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection;

/// <summary>What selectors log. Event ids 660 to 679.</summary>
internal static partial class SelectorLog
{
    [LoggerMessage(660, LogLevel.Warning, "{Node} gets no calls for {Time}: {Detail} (time {Count} in a row)")]
    public static partial void Ejected(ILogger logger, NodeState node, TimeSpan time, string detail, int count);

    [LoggerMessage(661, LogLevel.Information, "{Node} gets calls again: {Reason}")]
    public static partial void Restored(ILogger logger, NodeState node, string reason);

    [LoggerMessage(662, LogLevel.Warning, "The directory refused the subscription to {Condition}; the next call tries again: {Reason}")]
    public static partial void SubscribeFailed(ILogger logger, ServiceUrl condition, string reason);

    [LoggerMessage(663, LogLevel.Warning, "The subscription to {Condition} did not end as it should")]
    public static partial void UnsubscribeFailed(ILogger logger, ServiceUrl condition, Exception error);

    [LoggerMessage(664, LogLevel.Debug, "{Node} could not be asked for its health: {Reason}")]
    public static partial void ProbeFailed(ILogger logger, NodeState node, string reason);
}
