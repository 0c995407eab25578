using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>That a message was stored.</summary>
internal sealed class PubAck : ApiAnswer
{
    /// <summary>Where.</summary>
    [JsonPropertyName("stream")]
    public string? Stream { get; set; }

    /// <summary>Its number there.</summary>
    [JsonPropertyName("seq")]
    public ulong Sequence { get; set; }

    /// <summary>Whether one with its id was there.</summary>
    [JsonPropertyName("duplicate")]
    public bool IsDuplicate { get; set; }
}
