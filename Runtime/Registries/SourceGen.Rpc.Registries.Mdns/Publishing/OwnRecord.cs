using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>A record that is announced here.</summary>
/// <param name="Record">As others hold it: one that nobody else may have has the cache-flush bit (RFC 6762, 10.2).</param>
/// <param name="IsUnique">Whether nobody else may have it.</param>
internal sealed record OwnRecord(DnsRecord Record, bool IsUnique)
{
    /// <summary>As legacy resolvers and known answers have it (RFC 6762, 6.7 and 7.1).</summary>
    public DnsRecord Plain => Record with { Class = DnsRecord.InternetClass };
}
