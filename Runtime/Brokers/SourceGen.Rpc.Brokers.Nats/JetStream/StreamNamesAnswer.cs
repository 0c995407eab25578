using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>The names of streams.</summary>
internal sealed class StreamNamesAnswer : ApiAnswer
{
    /// <summary>The names; null for none.</summary>
    [JsonPropertyName("streams")]
    public string[]? Streams { get; set; }
}
