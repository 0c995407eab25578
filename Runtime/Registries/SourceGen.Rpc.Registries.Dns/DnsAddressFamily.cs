namespace SourceGen.Rpc.Registries.Dns;

/// <summary>Which addresses of a host are used.</summary>
public enum DnsAddressFamily
{
    /// <summary>IPv4 (A records) where a host has any, otherwise IPv6 (AAAA), so that a host with both is one node.</summary>
    Any,

    /// <summary>IPv4 alone.</summary>
    IPv4,

    /// <summary>IPv6 alone.</summary>
    IPv6,
}
