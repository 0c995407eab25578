namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>Another name: PTR (RFC 1035, 3.3.12) or CNAME (3.3.1).</summary>
internal sealed record NameData(DnsRecordType Type, DomainName Target) : DnsRecordData(Type)
{
    internal override void Write(DnsMessageWriter writer) => writer.WriteName(Target);
}
