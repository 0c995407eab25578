using System.Globalization;

namespace SourceGen.Rpc.PubSub;

/// <summary>Makes dead letters, for brokers whose engine does not.</summary>
public static class DeadLetters
{
    private const int LongestReason = 512;

    /// <summary>The message as it is published to <see cref="SubscriptionOptions.DeadLetterTopic"/>: as it came, with headers that say why.</summary>
    /// <param name="message">The message.</param>
    /// <param name="topic">The dead-letter topic.</param>
    /// <param name="reason">Why it was not handled; null when nobody says. Control characters become spaces, and what is longer than 512 is cut.</param>
    public static OutgoingMessage Create(in IncomingMessage message, string topic, string? reason) => new(topic, message.Payload)
    {
        Key = message.Key,
        Id = message.Id,
        Headers = (KeyValuePair<string, string>[])
        [
            .. message.Headers.Span,
            new(MessageHeaderNames.DeadLetterTopic, message.Topic),
            new(MessageHeaderNames.DeadLetterReason, Clean(reason ?? "no reason was given")),
            new(MessageHeaderNames.DeadLetterDeliveries, message.Deliveries.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    private static string Clean(string reason) => string.Create(Math.Min(reason.Length, LongestReason), reason, static (clean, reason) =>
    {
        for (int i = 0; i < clean.Length; i++) clean[i] = char.IsControl(reason[i]) || !char.IsAscii(reason[i]) ? ' ' : reason[i];
    });
}
