namespace SourceGen.Rpc.Registries.Dns;

/// <summary>How questions and answers are signed with a key: the algorithms that RFC 8945, section 6, recommends or requires.</summary>
public enum DnsKeyAlgorithm
{
    /// <summary>HMAC with SHA-256, which every server with TSIG has: <c>hmac-sha256</c>.</summary>
    HmacSha256,

    /// <summary>HMAC with SHA-384: <c>hmac-sha384</c>.</summary>
    HmacSha384,

    /// <summary>HMAC with SHA-512: <c>hmac-sha512</c>.</summary>
    HmacSha512,
}
