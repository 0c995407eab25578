using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>What the direct broker logs. Event ids 830 to 849.</summary>
internal static partial class DirectLog
{
    [LoggerMessage(830, LogLevel.Information, "The link to the subscriber {Node} at {Address} was lost: {Problem}")]
    public static partial void LinkLost(ILogger logger, string node, string address, string problem);

    [LoggerMessage(831, LogLevel.Warning, "The subscriber {Node} is left out: its entry has the form '{Form}', which this version does not know")]
    public static partial void UnknownForm(ILogger logger, string node, string form);

    [LoggerMessage(832, LogLevel.Warning, "The subscriptions could not be renewed in the registry {Registry}, and are tried again: {Problem}")]
    public static partial void NotRenewed(ILogger logger, string registry, string problem);

    [LoggerMessage(833, LogLevel.Warning, "A publisher was sent away: {Problem}")]
    public static partial void SentAway(ILogger logger, string problem);

    [LoggerMessage(834, LogLevel.Error, "A dead letter of '{Topic}' could not be published to '{DeadLetterTopic}', and is delivered again: {Problem}")]
    public static partial void NotBuried(ILogger logger, string topic, string deadLetterTopic, string problem);
}
