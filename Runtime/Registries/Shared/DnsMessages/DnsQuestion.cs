namespace SourceGen.Rpc.Registries.DnsMessages;

/// <summary>What is asked for (RFC 1035, 4.1.2).</summary>
/// <param name="Class">
/// 1 for the Internet, 255 for any; in mDNS with the highest bit when an answer to the asker alone is enough (RFC 6762, 5.4).
/// </param>
internal sealed record DnsQuestion(DomainName Name, DnsRecordType Type, ushort Class = DnsRecord.InternetClass)
{
    /// <summary>The highest bit of the class.</summary>
    public const ushort UnicastResponseBit = 0x8000;

    public bool WantsUnicastResponse => (Class & UnicastResponseBit) != 0;

    /// <summary>Whether a record answers it, the special bits of both classes aside.</summary>
    public bool IsAnsweredBy(DnsRecord record) =>
        (Type == DnsRecordType.Any || Type == record.Type)
        && ((Class & ~UnicastResponseBit) == DnsRecord.AnyClass
            || (Class & ~UnicastResponseBit) == (record.Class & ~DnsRecord.CacheFlushBit))
        && Name.Equals(record.Name);
}
