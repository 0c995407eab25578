using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>What the registry logs. Event ids 560 to 579.</summary>
internal sealed partial class ZooKeeperLog(ILogger logger)
{
    public const string Category = "SourceGen.Rpc.Registries.ZooKeeper";

    private readonly ILogger _logger = logger;

    [LoggerMessage(560, LogLevel.Information, "Session 0x{Session:x} has begun at {Endpoint}, with a timeout of {Timeout} s")]
    public partial void SessionBegun(long session, string endpoint, double timeout);

    [LoggerMessage(561, LogLevel.Information, "Session 0x{Session:x} goes on at {Endpoint}")]
    public partial void SessionContinued(long session, string endpoint);

    [LoggerMessage(
        562, LogLevel.Warning, "Session 0x{Session:x} is lost, and with it what was registered until it is registered again: {Reason}")]
    public partial void SessionLost(long session, string reason);

    [LoggerMessage(563, LogLevel.Warning, "Session 0x{Session:x} could not be closed, so it ends by its timeout: {Reason}")]
    public partial void SessionNotClosed(long session, string reason);

    [LoggerMessage(564, LogLevel.Warning, "The connection to {Endpoint} is lost: {Reason}")]
    public partial void ConnectionLost(string endpoint, string reason);

    [LoggerMessage(565, LogLevel.Warning, "The record at {Path} cannot be read and is left out: {Reason}")]
    public partial void RecordUnreadable(string path, string reason);

    [LoggerMessage(566, LogLevel.Information, "{Path} was not registered again within {TimeToLive} s and is removed")]
    public partial void LeaseEnded(string path, double timeToLive);

    [LoggerMessage(567, LogLevel.Warning, "{Path}, whose time to live has passed, could not be removed yet: {Reason}")]
    public partial void LeaseNotEnded(string path, string reason);
}
