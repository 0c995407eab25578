namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>The start of a zone (RFC 1035, 3.3.13).</summary>
/// <param name="Minimum">How long it may be remembered, in seconds, that something is not there (RFC 2308, 4).</param>
internal sealed record SoaData(DomainName Primary, DomainName Mailbox, uint Serial, uint Refresh, uint Retry, uint Expire, uint Minimum)
    : DnsRecordData(DnsRecordType.Soa)
{
    internal override void Write(DnsMessageWriter writer)
    {
        writer.WriteName(Primary);
        writer.WriteName(Mailbox);
        writer.WriteUInt32(Serial);
        writer.WriteUInt32(Refresh);
        writer.WriteUInt32(Retry);
        writer.WriteUInt32(Expire);
        writer.WriteUInt32(Minimum);
    }
}
