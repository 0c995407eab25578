using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Why JetStream did not do something.</summary>
internal sealed class ApiError
{
    /// <summary>As in HTTP.</summary>
    [JsonPropertyName("code")]
    public int Code { get; set; }

    /// <summary>JetStream's own number.</summary>
    [JsonPropertyName("err_code")]
    public int ErrorCode { get; set; }

    /// <summary>The same in words.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; set; }
}
