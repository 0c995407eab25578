using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>How far a consumer is.</summary>
internal sealed class SequencePair
{
    /// <summary>The number in the stream.</summary>
    [JsonPropertyName("stream_seq")]
    public ulong StreamSequence { get; set; }
}
