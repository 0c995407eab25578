using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>What all answers of JetStream have.</summary>
internal class ApiAnswer
{
    /// <summary>Why it did not do it; null when it did.</summary>
    [JsonPropertyName("error")]
    public ApiError? Error { get; set; }
}
