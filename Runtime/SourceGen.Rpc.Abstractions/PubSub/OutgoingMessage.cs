namespace SourceGen.Rpc.PubSub;

/// <summary>A message to be published.</summary>
/// <param name="topic">See <see cref="Topic"/>.</param>
/// <param name="payload">See <see cref="Payload"/>.</param>
public readonly struct OutgoingMessage(string topic, ReadOnlyMemory<byte> payload)
{
    /// <summary>Where it is published: a topic, no pattern.</summary>
    public string Topic { get; } = topic;

    /// <summary>What it says.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>
    /// The hash of what messages that belong together have in common (<see cref="Selection.KeyHash"/>), for
    /// <see cref="SubscriptionOptions.OrderByKey"/>; null for none. Engines that have no such thing carry it as the header
    /// <see cref="MessageHeaderNames.Key"/>.
    /// </summary>
    public ulong? Key { get; init; }

    /// <summary>
    /// What identifies it, for engines that drop a second one with the same (NATS JetStream), and for handlers that do; null for nothing.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>Texts with names beside the payload. Names are ASCII tokens; values have no control characters.</summary>
    public ReadOnlyMemory<KeyValuePair<string, string>> Headers { get; init; }
}
