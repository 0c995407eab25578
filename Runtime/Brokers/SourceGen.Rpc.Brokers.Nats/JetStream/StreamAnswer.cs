using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>A stream.</summary>
internal sealed class StreamAnswer : ApiAnswer
{
    /// <summary>How it keeps messages.</summary>
    [JsonPropertyName("config")]
    public StreamConfig? Config { get; set; }

    /// <summary>When it was made: another one of the same name has another time.</summary>
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; set; }

    /// <summary>What it has.</summary>
    [JsonPropertyName("state")]
    public StreamState? State { get; set; }
}
