using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Etcd;

/// <summary>What the etcd registry logs. Event ids 600 to 619.</summary>
internal static partial class EtcdLog
{
    [LoggerMessage(600, LogLevel.Warning, "The lease of {Record} ({Seconds} s) had ended; its nodes are entered again under a new one")]
    public static partial void LeaseLost(ILogger logger, string record, long seconds);

    [LoggerMessage(601, LogLevel.Warning, "A node of {Record} was removed by somebody else; it is entered again")]
    public static partial void NodeGone(ILogger logger, string record);

    [LoggerMessage(
        602, LogLevel.Warning,
        "A node of {Record} was replaced by somebody else and is entered again; do two servers use one node id?")]
    public static partial void NodeReplaced(ILogger logger, string record);

    [LoggerMessage(603, LogLevel.Warning, "What stands at {Key} is skipped: {Problem}")]
    public static partial void RecordSkipped(ILogger logger, string key, string problem);

    [LoggerMessage(
        604, LogLevel.Information,
        "The history from revision {Revision} on was compacted, so the watch begins with a new snapshot")]
    public static partial void Compacted(ILogger logger, long revision);

    [LoggerMessage(605, LogLevel.Debug, "A lease on which nothing hangs could not be ended, and ends by itself within {Seconds} s")]
    public static partial void LeaseLeft(ILogger logger, Exception error, long seconds);
}
