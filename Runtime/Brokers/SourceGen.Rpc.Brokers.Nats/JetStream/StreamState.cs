using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>What a stream has.</summary>
internal sealed class StreamState
{
    /// <summary>The number of its last message.</summary>
    [JsonPropertyName("last_seq")]
    public ulong LastSequence { get; set; }
}
