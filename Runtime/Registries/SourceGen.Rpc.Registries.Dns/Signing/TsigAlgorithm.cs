using System.Security.Cryptography;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Signing;

/// <summary>An algorithm of message authentication codes as TSIG names it (RFC 8945, 6).</summary>
/// <param name="Name">Its name in messages, in lower case.</param>
/// <param name="Hash">The hash function under HMAC.</param>
/// <param name="Length">The bytes of a whole code.</param>
internal sealed record TsigAlgorithm(DomainName Name, HashAlgorithmName Hash, int Length)
{
    private static readonly TsigAlgorithm s_sha256 = new(DomainName.Parse("hmac-sha256"), HashAlgorithmName.SHA256, 32);
    private static readonly TsigAlgorithm s_sha384 = new(DomainName.Parse("hmac-sha384"), HashAlgorithmName.SHA384, 48);
    private static readonly TsigAlgorithm s_sha512 = new(DomainName.Parse("hmac-sha512"), HashAlgorithmName.SHA512, 64);

    /// <summary>The bytes that a truncated code must have at least (RFC 8945, 5.2.2.1).</summary>
    public int MinLength => Math.Max(10, Length / 2);

    /// <exception cref="ArgumentException">There is no such algorithm.</exception>
    public static TsigAlgorithm Of(DnsKeyAlgorithm algorithm) => algorithm switch
    {
        DnsKeyAlgorithm.HmacSha256 => s_sha256,
        DnsKeyAlgorithm.HmacSha384 => s_sha384,
        DnsKeyAlgorithm.HmacSha512 => s_sha512,
        _ => throw new ArgumentException($"KeyAlgorithm is {(int)algorithm}, which is none; use for example HmacSha256."),
    };
}
