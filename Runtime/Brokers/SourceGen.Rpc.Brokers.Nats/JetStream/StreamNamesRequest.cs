using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Asks for streams by a subject.</summary>
internal sealed class StreamNamesRequest
{
    /// <summary>What they must have.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; set; }
}
