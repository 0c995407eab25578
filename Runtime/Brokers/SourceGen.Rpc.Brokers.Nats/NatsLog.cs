using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Brokers.Nats;

/// <summary>What the NATS broker logs. Event ids 700 to 719.</summary>
internal static partial class NatsLog
{
    [LoggerMessage(700, LogLevel.Warning, "The connection to {Address} was lost and is being made again: {Problem}")]
    public static partial void Lost(ILogger logger, string address, string problem);

    [LoggerMessage(701, LogLevel.Information, "The connection to {Address} is there again, by {Server}")]
    public static partial void Restored(ILogger logger, string address, string server);

    [LoggerMessage(702, LogLevel.Debug, "{Problem}")]
    public static partial void NotRestored(ILogger logger, string problem);

    [LoggerMessage(703, LogLevel.Warning, "What was published last to {Address} may not have been sent: {Problem}")]
    public static partial void NotFlushed(ILogger logger, string address, string problem);

    [LoggerMessage(704, LogLevel.Error, "{Address} does not permit something: {Problem}")]
    public static partial void NotPermitted(ILogger logger, string address, string problem);

    [LoggerMessage(705, LogLevel.Warning, "A message of '{Topic}' is dropped: its headers cannot be read")]
    public static partial void Unreadable(ILogger logger, string topic);

    [LoggerMessage(706, LogLevel.Warning, "The subscription to '{Topic}' is too slow for its messages; the newest are dropped (said once a connection)")]
    public static partial void TooSlow(ILogger logger, string topic);

    [LoggerMessage(707, LogLevel.Warning, "A dead letter of '{Topic}' could not be published to '{DeadLetterTopic}', and the message is delivered again: {Problem}")]
    public static partial void DeadLetterFailed(ILogger logger, string topic, string deadLetterTopic, string problem);

    [LoggerMessage(708, LogLevel.Warning, "The subscription to '{Topic}' cannot get messages from JetStream now, and tries again: {Problem}")]
    public static partial void PullFailed(ILogger logger, string topic, string problem);

    [LoggerMessage(709, LogLevel.Warning, "The consumer {Consumer} of {Stream} was gone, and is made again from message {Sequence} on")]
    public static partial void ConsumerGone(ILogger logger, string consumer, string stream, ulong sequence);

    [LoggerMessage(710, LogLevel.Information, "The stream {Stream} was created for {Subjects}")]
    public static partial void StreamCreated(ILogger logger, string stream, string subjects);

    [LoggerMessage(714, LogLevel.Warning, "The stream {Stream} was made again, or has lost messages; the subscription to '{Topic}' goes on with the first message that it has")]
    public static partial void StreamReplaced(ILogger logger, string stream, string topic);

    [LoggerMessage(715, LogLevel.Warning, "The consumer {Consumer} of {Stream} is another one: somebody has made it again, or its server was started again; the subscription goes on where it does")]
    public static partial void ConsumerReplaced(ILogger logger, string consumer, string stream);

    [LoggerMessage(711, LogLevel.Debug, "The cluster of {Address} announces the servers {Servers}")]
    public static partial void Announced(ILogger logger, string address, string servers);

    [LoggerMessage(712, LogLevel.Information, "The connection to {Address} has moved to {Server}; {From} is about to stop")]
    public static partial void Moved(ILogger logger, string address, string from, string server);

    [LoggerMessage(713, LogLevel.Warning, "{Address}: {From} is about to stop, and there is no other server yet: {Problem}")]
    public static partial void NotMoved(ILogger logger, string address, string from, string problem);
}
