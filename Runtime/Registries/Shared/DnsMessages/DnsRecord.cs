using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>A resource record (RFC 1035, 4.1.3).</summary>
/// <param name="Class">1 for the Internet; in mDNS with the highest bit when it replaces what was known (RFC 6762, 10.2).</param>
/// <param name="TimeToLive">In seconds; 0 in mDNS for a goodbye.</param>
internal sealed record DnsRecord(DomainName Name, ushort Class, uint TimeToLive, DnsRecordData Data)
{
    public const ushort InternetClass = 1;
    public const ushort AnyClass = 255;

    /// <summary>The highest bit of the class.</summary>
    public const ushort CacheFlushBit = 0x8000;

    public DnsRecordType Type => Data.Type;

    public bool IsCacheFlush => (Class & CacheFlushBit) != 0;

    /// <summary>Whether it is the same record, whatever its time to live and its cache-flush bit are.</summary>
    public bool IsSameAs(DnsRecord other) =>
        (Class & ~CacheFlushBit) == (other.Class & ~CacheFlushBit)
        && Type == other.Type
        && Name.Equals(other.Name)
        && Data.Equals(other.Data);
}
