using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Static;

/// <summary>What the registry logs. Event ids 710 to 719.</summary>
internal static partial class StaticRegistryLog
{
    [LoggerMessage(710, LogLevel.Debug, "The list of {Registry} was read; it names {Count} services")]
    public static partial void Changed(ILogger logger, string registry, int count);

    [LoggerMessage(711, LogLevel.Error, "The list of {Registry} has changed and is wrong, so the last good one stays: {Problem}")]
    public static partial void NotTaken(ILogger logger, string registry, string problem);
}
