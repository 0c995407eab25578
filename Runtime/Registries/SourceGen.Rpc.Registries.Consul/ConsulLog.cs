using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Consul;

/// <summary>What the Consul registry logs. Event ids 620 to 639.</summary>
internal static partial class ConsulLog
{
    [LoggerMessage(620, LogLevel.Warning, "The agent {Agent} does not know the node {Node} of {Record} any more; it is registered again")]
    public static partial void NodeGone(ILogger logger, string agent, string node, string record);

    [LoggerMessage(
        621, LogLevel.Warning,
        "The node {Node} of {Record} was replaced by somebody else and is registered again; do two servers use one node id?")]
    public static partial void NodeReplaced(ILogger logger, string node, string record);

    [LoggerMessage(622, LogLevel.Warning, "The service {Id} of {Service} is skipped: {Problem}")]
    public static partial void RecordSkipped(ILogger logger, string id, string service, string problem);

    [LoggerMessage(
        623, LogLevel.Information,
        "The index went back from {Before} to {Now}: the servers lost their state, and the watch begins with a new snapshot")]
    public static partial void IndexReset(ILogger logger, ulong before, ulong now);

    [LoggerMessage(
        624, LogLevel.Debug,
        "The agent {Agent} could not be asked to deregister {Record}; its check is no longer passed, so it ends there by itself")]
    public static partial void AgentSkipped(ILogger logger, Exception error, string agent, string record);
}
