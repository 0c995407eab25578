using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Memory;

/// <summary>What the registry logs. Event ids 700 to 709.</summary>
internal static partial class MemoryRegistryLog
{
    [LoggerMessage(700, LogLevel.Debug, "Registered {Record} at {Registry}")]
    public static partial void Registered(ILogger logger, ServiceRecord record, string registry);

    [LoggerMessage(701, LogLevel.Debug, "Deregistered {Record} at {Registry}")]
    public static partial void Deregistered(ILogger logger, ServiceRecord record, string registry);
}
