namespace SourceGen.Rpc.PubSub;

/// <summary>A message that is delivered.</summary>
/// <param name="topic">See <see cref="Topic"/>.</param>
/// <param name="payload">See <see cref="Payload"/>.</param>
public readonly struct IncomingMessage(string topic, ReadOnlyMemory<byte> payload)
{
    /// <summary>Where it was published, which is not what was subscribed to if that is a pattern.</summary>
    public string Topic { get; } = topic;

    /// <summary>What it says; valid until the handler has ended.</summary>
    public ReadOnlyMemory<byte> Payload { get; } = payload;

    /// <summary>See <see cref="OutgoingMessage.Key"/>.</summary>
    public ulong? Key { get; init; }

    /// <summary>See <see cref="OutgoingMessage.Id"/>.</summary>
    public string? Id { get; init; }

    /// <summary>Texts with names beside the payload, without those that the broker keeps for itself.</summary>
    public ReadOnlyMemory<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>
    /// How often it was delivered to the subscription or its group, this time included, as far as the engine knows; from 1. More than 1 says that
    /// it may have been handled before.
    /// </summary>
    public int Deliveries { get; init; } = 1;

    /// <summary>Finds a header, the first if there are several.</summary>
    /// <param name="name">Its name; case does not matter.</param>
    /// <returns>Null when there is none.</returns>
    public string? FindHeader(string name)
    {
        foreach (KeyValuePair<string, string> header in Headers.Span)
        {
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)) return header.Value;
        }

        return null;
    }
}
