using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Makes a consumer, or changes one.</summary>
internal sealed class ConsumerRequest
{
    /// <summary>Of what.</summary>
    [JsonPropertyName("stream_name")]
    public string? StreamName { get; set; }

    /// <summary>How.</summary>
    [JsonPropertyName("config")]
    public ConsumerConfig? Config { get; set; }
}
