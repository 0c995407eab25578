using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Brokers.RabbitMq;

/// <summary>What the RabbitMQ broker logs. Event ids 760 to 779.</summary>
internal static partial class RabbitMqLog
{
    [LoggerMessage(760, LogLevel.Warning, "The connection to the broker {Address} was lost, and is made again: {Problem}")]
    public static partial void Lost(ILogger logger, string address, string problem);

    [LoggerMessage(761, LogLevel.Information, "The broker {Address} is connected again, with {Count} subscriptions")]
    public static partial void Reconnected(ILogger logger, string address, int count);

    [LoggerMessage(762, LogLevel.Warning, "Attempt {Attempt} to connect to the broker {Address} again failed: {Problem}")]
    public static partial void AttemptFailed(ILogger logger, string address, int attempt, string problem);

    [LoggerMessage(763, LogLevel.Warning, "The server ended the subscription to {Topic}, which is made again: {Problem}")]
    public static partial void SubscriptionEnded(ILogger logger, string topic, string problem);

    [LoggerMessage(764, LogLevel.Warning, "A message of {Topic} could not be settled, and is delivered again: {Problem}")]
    public static partial void NotSettled(ILogger logger, string topic, string problem);

    [LoggerMessage(765, LogLevel.Debug, "The queue {Queue} was not removed when its subscription ended: {Problem}")]
    public static partial void QueueLeft(ILogger logger, string queue, string problem);

    [LoggerMessage(766, LogLevel.Debug, "Ending what the subscription to {Topic} had on a connection failed, which the end of that makes good: {Problem}")]
    public static partial void EndFailed(ILogger logger, string topic, string problem);
}
