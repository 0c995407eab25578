using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.DnsMessages.Data;

/// <summary>An address: A (RFC 1035, 3.4.1) or AAAA (RFC 3596, 2.2).</summary>
internal sealed record AddressData(IPAddress Address)
    : DnsRecordData(Address.AddressFamily == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.Aaaa)
{
    internal override void Write(DnsMessageWriter writer) => writer.Write(Address.GetAddressBytes());
}
