using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>How a stream keeps messages.</summary>
internal sealed class StreamConfig
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>What it keeps.</summary>
    [JsonPropertyName("subjects")]
    public string[]? Subjects { get; set; }

    /// <summary>Until its limits are reached.</summary>
    [JsonPropertyName("retention")]
    public string Retention { get; set; } = "limits";

    /// <summary>No limit.</summary>
    [JsonPropertyName("max_consumers")]
    public int MaxConsumers { get; set; } = -1;

    /// <summary>No limit.</summary>
    [JsonPropertyName("max_msgs")]
    public long MaxMessages { get; set; } = -1;

    /// <summary>Its limit in bytes; -1 for none.</summary>
    [JsonPropertyName("max_bytes")]
    public long MaxBytes { get; set; } = -1;

    /// <summary>How long it keeps a message, in nanoseconds.</summary>
    [JsonPropertyName("max_age")]
    public long MaxAge { get; set; }

    /// <summary>No limit but the server's.</summary>
    [JsonPropertyName("max_msg_size")]
    public int MaxMessageSize { get; set; } = -1;

    /// <summary>The oldest make room.</summary>
    [JsonPropertyName("discard")]
    public string Discard { get; set; } = "old";

    /// <summary>It survives the server.</summary>
    [JsonPropertyName("storage")]
    public string Storage { get; set; } = "file";

    /// <summary>On how many servers.</summary>
    [JsonPropertyName("num_replicas")]
    public int Replicas { get; set; } = 1;

    /// <summary>How long ids are remembered, in nanoseconds.</summary>
    [JsonPropertyName("duplicate_window")]
    public long DuplicateWindow { get; set; }
}
