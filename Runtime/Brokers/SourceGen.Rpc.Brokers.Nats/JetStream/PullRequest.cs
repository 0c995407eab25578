using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Asks for messages.</summary>
internal sealed class PullRequest
{
    /// <summary>How many at most.</summary>
    [JsonPropertyName("batch")]
    public int Batch { get; set; }

    /// <summary>How long it waits for them, in nanoseconds.</summary>
    [JsonPropertyName("expires")]
    public long Expires { get; set; }

    /// <summary>How often it says that there are none, in nanoseconds.</summary>
    [JsonPropertyName("idle_heartbeat")]
    public long IdleHeartbeat { get; set; }
}
