using System.Diagnostics.CodeAnalysis;
using System.Net;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>Under which names, and in which form, nodes are announced.</summary>
internal interface IMdnsLayout
{
    /// <summary>The name that all names of this layout lie below, but for those of hosts.</summary>
    DomainName Domain { get; }

    /// <summary>The records of a node.</summary>
    /// <param name="record">The record with this node alone.</param>
    /// <param name="attempt">0 at first, then one more for each name that turned out to be taken.</param>
    /// <param name="host">The host's name, and its addresses on the interface.</param>
    /// <param name="timeToLive">In seconds.</param>
    /// <exception cref="RpcException">It cannot be announced.</exception>
    NodeRecords Write(ServiceRecord record, int attempt, HostNames host, uint timeToLive);

    /// <summary>The names whose PTR records lead to the nodes of a service, or of all.</summary>
    /// <param name="service">The service; null for all.</param>
    /// <param name="pointers">What is known so far of a name's PTR records.</param>
    IEnumerable<DomainName> NamesOf(string? service, Func<DomainName, IEnumerable<DomainName>> pointers);

    /// <summary>Reads a node.</summary>
    /// <param name="instance">Its name.</param>
    /// <param name="srv">Its SRV record.</param>
    /// <param name="txt">Its TXT record.</param>
    /// <param name="addresses">The addresses of a host, as far as they are known.</param>
    /// <param name="record">The record with this node alone; null when it is not to be read, now or at all.</param>
    /// <param name="error">What is wrong with it; null with a record, or when an address is missing yet.</param>
    bool TryRead(
        DomainName instance,
        SrvData srv,
        TxtData txt,
        Func<DomainName, IEnumerable<IPAddress>> addresses,
        [NotNullWhen(true)] out ServiceRecord? record,
        out string? error);
}
