using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>
/// DNS-SD (RFC 6763): all services are of the type <c>_sourcegen-rpc._tcp</c>, because a type's name has at most 15 characters (7) and is
/// to be assigned, and services' names have neither limit. Each service is a subtype (7.1), <c>_Shop.Greeter._sub._sourcegen-rpc._tcp</c>,
/// so that who looks for one is not told of the others. An instance's label names the service, and a hash keeps versions, groups and nodes
/// apart.
/// </summary>
internal sealed class DnsSdLayout : IMdnsLayout
{
    private const int HashLength = 10;

    private static readonly DomainName s_local = DomainName.Parse("local");
    private static readonly DomainName s_type = DomainName.Parse("_sourcegen-rpc._tcp.local");
    private static readonly DomainName s_subtypes = DomainName.Parse("_sub._sourcegen-rpc._tcp.local");

    /// <summary>Where all types are listed (RFC 6763, 9).</summary>
    private static readonly DomainName s_types = DomainName.Parse("_services._dns-sd._udp.local");

    public DomainName Domain => s_type;

    public NodeRecords Write(ServiceRecord record, int attempt, HostNames host, uint timeToLive)
    {
        ServiceNode node = record.Nodes[0];
        DomainName target = host.Of(node.Address, s_local, out int port, out IReadOnlyList<IPAddress> addresses);
        string number = attempt == 0 ? "" : $" ({attempt + 1})";
        string identity = $" {HashOf($"{record.Key}\0{node.Id}")}{number}";
        DomainName instance = s_type.Prepend(Shorten(record.Name, DomainName.MaxLabelLength - identity.Length) + identity);
        return new NodeRecords(
            instance,
            [
                Record(instance, new SrvData(0, 0, (ushort)port, target)),
                Record(instance, RecordText.Write(record)),
                .. HostNames.Records(target, addresses, timeToLive),
            ],
            [
                Record(s_type, new NameData(DnsRecordType.Ptr, instance)),
                Record(SubtypeOf(record.Name), new NameData(DnsRecordType.Ptr, instance)),
                Record(s_types, new NameData(DnsRecordType.Ptr, s_type)),
            ]);

        DnsRecord Record(DomainName name, DnsRecordData data) => new(name, DnsRecord.InternetClass, timeToLive, data);
    }

    public IEnumerable<DomainName> NamesOf(string? service, Func<DomainName, IEnumerable<DomainName>> pointers) =>
        [service is null ? s_type : SubtypeOf(service)];

    public bool TryRead(
        DomainName instance,
        SrvData srv,
        TxtData txt,
        Func<DomainName, IEnumerable<IPAddress>> addresses,
        [NotNullWhen(true)] out ServiceRecord? record,
        out string? error)
    {
        if (RecordText.TryRead(txt, out record, out error)) return true;
        if (error is not null) return false;

        // Announced by somebody else, in words.
        IPAddress? address = addresses(srv.Target).OrderBy(static one => one.AddressFamily == AddressFamily.InterNetworkV6)
            .ThenBy(static one => one.ToString(), StringComparer.Ordinal).FirstOrDefault();
        return RecordText.TryReadWords(txt, instance.FirstLabel, address is null ? null : new IPEndPoint(address, srv.Port), out record);
    }

    private static DomainName SubtypeOf(string service) =>
        Encoding.UTF8.GetByteCount(service) < DomainName.MaxLabelLength && service.Length > 0
            ? s_subtypes.Prepend("_" + service)
            : s_subtypes.Prepend($"_{Shorten(service, DomainName.MaxLabelLength - HashLength - 2)}-{HashOf(service)}");

    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashLength / 2));

    /// <summary>What of a text has at most so many bytes, without half a character.</summary>
    private static string Shorten(string text, int maxBytes)
    {
        int bytes = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > maxBytes) break;
            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}
