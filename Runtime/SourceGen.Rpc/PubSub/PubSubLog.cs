using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.PubSub;

/// <summary>What the message bus logs. Event ids 800 to 899.</summary>
internal static partial class PubSubLog
{
    [LoggerMessage(800, LogLevel.Warning, "The handler of '{Topic}' failed with delivery {Delivery} of {Deliveries}")]
    public static partial void HandlerFailed(ILogger logger, string topic, int delivery, int deliveries, Exception error);

    [LoggerMessage(801, LogLevel.Error, "The handler of '{Topic}' failed with delivery {Delivery}, which was the last")]
    public static partial void GivenUp(ILogger logger, string topic, int delivery, Exception error);

    [LoggerMessage(802, LogLevel.Warning, "The handler of '{Topic}' rejected a message: {Reason}")]
    public static partial void Rejected(ILogger logger, string topic, string reason);

    [LoggerMessage(803, LogLevel.Error, "A message of '{Topic}' is a dead letter: {Problem}")]
    public static partial void Unreadable(ILogger logger, string topic, string problem, Exception? error);

    [LoggerMessage(804, LogLevel.Debug, "'{Topic}' is no event of the subscribed interface")]
    public static partial void UnknownEvent(ILogger logger, string topic);

    [LoggerMessage(805, LogLevel.Debug, "A message of '{Topic}' came when its time had passed")]
    public static partial void Expired(ILogger logger, string topic);

    [LoggerMessage(806, LogLevel.Error, "The handler of '{Topic}' could not be released")]
    public static partial void ReleaseFailed(ILogger logger, string topic, Exception error);
}
