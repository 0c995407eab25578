using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>
/// The names of hosts in SRV records. They have a random part of this registry's own, so that nobody else's records of the same host are
/// withdrawn with them.
/// </summary>
/// <param name="addresses">The machine's addresses on the interfaces that are used.</param>
internal sealed class HostNames(Func<IEnumerable<IPAddress>> addresses)
{
    private readonly string _suffix = RandomNumberGenerator.GetHexString(10, lowercase: true);

    /// <summary>The host that a node's address names.</summary>
    /// <param name="address">The address, such as <c>tcp://10.0.0.1:5000</c>.</param>
    /// <param name="domain">Where hosts' names lie.</param>
    /// <param name="port">Its port; 0 when it has none.</param>
    /// <param name="host">The IP addresses; none when the host is named, and resolved otherwise.</param>
    public DomainName Of(string address, DomainName domain, out int port, out IReadOnlyList<IPAddress> host)
    {
        string authority = address[(address.IndexOf("://", StringComparison.Ordinal) is >= 0 and int scheme ? scheme + 3 : 0)..];
        int slash = authority.IndexOf('/');
        if (slash >= 0) authority = authority[..slash];
        int colon = authority.LastIndexOf(':');
        string name = authority;
        port = 0;
        if (colon >= 0 && ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
        {
            name = authority[..colon];
            port = number;
        }

        name = name.Trim('[', ']');
        if (IPAddress.TryParse(name, out IPAddress? literal) && !literal.Equals(IPAddress.Any) && !literal.Equals(IPAddress.IPv6Any))
        {
            // A scope is the number of an interface of this machine, which means nothing elsewhere.
            if (literal.AddressFamily == AddressFamily.InterNetworkV6) literal.ScopeId = 0;
            host = [literal];
            return domain.Prepend($"{literal.ToString().Replace('.', '-').Replace(':', '-')}-{_suffix}");
        }

        host = [];
        if (name.Contains('.') && DomainName.TryParse(name, out DomainName? named, out _) && literal is null) return named;
        host = [.. addresses().Distinct()];
        return domain.Prepend($"host-{_suffix}");
    }

    /// <summary>The records of a host's addresses.</summary>
    public static IEnumerable<DnsRecord> Records(DomainName name, IEnumerable<IPAddress> addresses, uint timeToLive) =>
        addresses.Select(address => new DnsRecord(name, DnsRecord.InternetClass, timeToLive, new AddressData(address)));
}
