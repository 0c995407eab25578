using System.Net;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Mdns.Browsing;

/// <summary>What was read of a TXT record, so that it is read once; null when it cannot be.</summary>
internal sealed class ReadInstance(DomainName instance, SrvData srv, IPAddress[] addresses, ServiceRecord? record)
{
    public ServiceRecord? Record { get; } = record;

    /// <summary>Whether it was read together with these.</summary>
    public bool IsOf(DomainName otherInstance, SrvData otherSrv, IPAddress[] otherAddresses) =>
        instance.Equals(otherInstance) && srv.Equals(otherSrv) && addresses.AsSpan().SequenceEqual(otherAddresses);
}
