using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>What a server says of itself.</summary>
internal sealed class NatsServerInfo
{
    /// <summary>Its version: <c>2.9.10</c>.</summary>
    [JsonPropertyName("version")]
    public string Version { get; set; } = "";

    /// <summary>Where clients can connect to it and to the others of its cluster, as <c>host:port</c>; null where it does not say it.</summary>
    [JsonPropertyName("connect_urls")]
    public string?[]? ConnectUrls { get; set; }

    /// <summary>Whether it is about to stop, and wants its clients to leave.</summary>
    [JsonPropertyName("ldm")]
    public bool IsLameDuck { get; set; }

    /// <summary>What clients with nkeys sign; null where it has none.</summary>
    [JsonPropertyName("nonce")]
    public string? Nonce { get; set; }

    /// <summary>Whether messages can have headers.</summary>
    [JsonPropertyName("headers")]
    public bool HasHeaders { get; set; }

    /// <summary>The largest message, headers included, in bytes.</summary>
    [JsonPropertyName("max_payload")]
    public long MaxPayload { get; set; }

    /// <summary>Whether it speaks nothing but TLS from here on.</summary>
    [JsonPropertyName("tls_required")]
    public bool IsTlsRequired { get; set; }

    /// <summary>Whether it speaks TLS to those who ask.</summary>
    [JsonPropertyName("tls_available")]
    public bool IsTlsAvailable { get; set; }

    /// <summary>Whether it asks who is there.</summary>
    [JsonPropertyName("auth_required")]
    public bool IsAuthenticationRequired { get; set; }
}
