using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>How a consumer delivers messages.</summary>
internal sealed class ConsumerConfig
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>The same, if it stays when nobody is there.</summary>
    [JsonPropertyName("durable_name")]
    public string? DurableName { get; set; }

    /// <summary>Where it begins.</summary>
    [JsonPropertyName("deliver_policy")]
    public string? DeliverPolicy { get; set; }

    /// <summary>With by_start_sequence: there.</summary>
    [JsonPropertyName("opt_start_seq")]
    public ulong? StartSequence { get; set; }

    /// <summary>With by_start_time: then.</summary>
    [JsonPropertyName("opt_start_time")]
    public string? StartTime { get; set; }

    /// <summary>Where it sends messages unasked; null for one that is asked.</summary>
    [JsonPropertyName("deliver_subject")]
    public string? DeliverSubject { get; set; }

    /// <summary>Each message is acknowledged.</summary>
    [JsonPropertyName("ack_policy")]
    public string? AckPolicy { get; set; } = "explicit";

    /// <summary>After how long without an outcome a message is delivered again, in nanoseconds.</summary>
    [JsonPropertyName("ack_wait")]
    public long AckWait { get; set; }

    /// <summary>How often; without a limit, since the program counts.</summary>
    [JsonPropertyName("max_deliver")]
    public int MaxDeliver { get; set; } = -1;

    /// <summary>What it delivers of its stream.</summary>
    [JsonPropertyName("filter_subject")]
    public string? FilterSubject { get; set; }

    /// <summary>As fast as possible.</summary>
    [JsonPropertyName("replay_policy")]
    public string? ReplayPolicy { get; set; } = "instant";

    /// <summary>Without a limit, since each program has one.</summary>
    [JsonPropertyName("max_ack_pending")]
    public int MaxAckPending { get; set; } = -1;

    /// <summary>After how long without anybody it is gone, in nanoseconds.</summary>
    [JsonPropertyName("inactive_threshold")]
    public long? InactiveThreshold { get; set; }
}
