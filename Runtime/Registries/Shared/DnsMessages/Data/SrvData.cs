namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>Where a service is (RFC 2782).</summary>
/// <param name="Priority">Of several the lowest one is tried first.</param>
/// <param name="Weight">The share among those of the same priority.</param>
/// <param name="Target">The host's name; the root says that there is no such service.</param>
internal sealed record SrvData(ushort Priority, ushort Weight, ushort Port, DomainName Target) : DnsRecordData(DnsRecordType.Srv)
{
    internal override void Write(DnsMessageWriter writer)
    {
        writer.WriteUInt16(Priority);
        writer.WriteUInt16(Weight);
        writer.WriteUInt16(Port);

        // Compressed, as mDNS has it (RFC 6762, 18.14); in unicast no SRV record is written here.
        writer.WriteName(Target);
    }
}
