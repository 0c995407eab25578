using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Brokers.Nats.Protocol;

/// <summary>What a client says of itself: <c>CONNECT</c>.</summary>
internal sealed class NatsConnectRequest
{
    /// <summary>Whether each operation is answered; never.</summary>
    [JsonPropertyName("verbose")]
    public bool IsVerbose { get; set; }

    /// <summary>Whether subjects are checked twice; never.</summary>
    [JsonPropertyName("pedantic")]
    public bool IsPedantic { get; set; }

    /// <summary>Whether it speaks TLS.</summary>
    [JsonPropertyName("tls_required")]
    public bool IsTlsRequired { get; set; }

    /// <summary>Whether it reads headers.</summary>
    [JsonPropertyName("headers")]
    public bool HasHeaders { get; set; } = true;

    /// <summary>Whether it wants to be told that nobody listens to a request.</summary>
    [JsonPropertyName("no_responders")]
    public bool HasNoResponders { get; set; } = true;

    /// <summary>1: it reads an <c>INFO</c> at any time.</summary>
    [JsonPropertyName("protocol")]
    public int Protocol { get; set; } = 1;

    /// <summary>What it is written in.</summary>
    [JsonPropertyName("lang")]
    public string Language { get; set; } = "csharp";

    /// <summary>Its version.</summary>
    [JsonPropertyName("version")]
    public string Version { get; set; } = "0.1.0";

    /// <summary>The program's name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; set; }

    /// <summary>The user.</summary>
    [JsonPropertyName("user")]
    public string? UserName { get; set; }

    /// <summary>The user's password.</summary>
    [JsonPropertyName("pass")]
    public string? Password { get; set; }

    /// <summary>The token.</summary>
    [JsonPropertyName("auth_token")]
    public string? Token { get; set; }
}
