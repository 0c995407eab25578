using System.Net;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Dns;

/// <summary>What the DNS registry logs. Event ids 500 to 519.</summary>
internal static partial class DnsRegistryLog
{
    [LoggerMessage(500, LogLevel.Debug, "The DNS server {Server} did not answer {Question}: {Reason}")]
    public static partial void NoAnswer(ILogger logger, EndPoint server, string question, string reason);

    [LoggerMessage(501, LogLevel.Debug, "Ignored a datagram from {Server} that is no answer to {Question}: {Reason}")]
    public static partial void Ignored(ILogger logger, EndPoint server, string question, string reason);

    [LoggerMessage(
        502, LogLevel.Warning, "The SRV record of {Name} names {Target}, which has no address that could be used; it is left out")]
    public static partial void NoAddress(ILogger logger, string name, string target);
}
