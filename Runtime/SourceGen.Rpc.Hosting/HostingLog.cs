using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Hosting;

/// <summary>What hosting itself logs. Event ids 300 to 339.</summary>
internal static partial class HostingLog
{
    public const string Category = "SourceGen.Rpc.Hosting";

    [LoggerMessage(300, LogLevel.Information, "The {Server} offers {Services}")]
    public static partial void Offers(ILogger logger, string server, string services);

    [LoggerMessage(301, LogLevel.Warning, "The {Server} did not start; the {Count} started before it are stopped again")]
    public static partial void StartUndone(ILogger logger, string server, int count);

    [LoggerMessage(302, LogLevel.Warning, "The configuration section {Section} is not used: {Reason}")]
    public static partial void SectionUnused(ILogger logger, string section, string reason);

    [LoggerMessage(303, LogLevel.Information, "Handles {Topic} (group: {Group}) of {Broker}")]
    public static partial void Subscribed(ILogger logger, string topic, string group, string broker);
}
