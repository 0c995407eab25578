using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>A consumer.</summary>
internal sealed class ConsumerAnswer : ApiAnswer
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>How it delivers.</summary>
    [JsonPropertyName("config")]
    public ConsumerConfig? Config { get; set; }

    /// <summary>When it was made: another one of the same name has another time.</summary>
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; set; }

    /// <summary>What it delivered last.</summary>
    [JsonPropertyName("delivered")]
    public SequencePair? Delivered { get; set; }

    /// <summary>Up to where everything is settled that it delivered, to whomever.</summary>
    [JsonPropertyName("ack_floor")]
    public SequencePair? AckFloor { get; set; }
}
