namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>What a record says. Immutable, and compared by its content.</summary>
internal abstract record DnsRecordData(DnsRecordType Type)
{
    internal abstract void Write(DnsMessageWriter writer);
}
