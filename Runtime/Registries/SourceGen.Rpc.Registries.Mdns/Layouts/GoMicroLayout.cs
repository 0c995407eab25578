using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>
/// Go Micro's mDNS registry: the domain <c>micro.</c>, PTR <c>{service}.micro.</c>, instance <c>{nodeId}.{service}.micro.</c> with SRV, A
/// and TXT, and for each service an entry of <c>_services.micro.</c>. TXT is hex(zlib(JSON)) in texts of 255 bytes; the JSON has the node's
/// metadata, and the service's name, version and endpoints. A record's own metadata, its group among it, has no place there.
/// </summary>
internal sealed class GoMicroLayout : IMdnsLayout
{
    private const int MaxText = 255;
    private const int MaxHex = 7_900;

    /// <summary>What Go Micro writes into the entries of its list.</summary>
    private const ushort ListPort = 9999;

    private static readonly DomainName s_domain = DomainName.Parse("micro");
    private static readonly DomainName s_list = DomainName.Parse("_services.micro");

    public DomainName Domain => s_domain;

    public NodeRecords Write(ServiceRecord record, int attempt, HostNames host, uint timeToLive)
    {
        ServiceNode node = record.Nodes[0];
        try
        {
            // What has no scheme is reached by tcp, so that one need not be kept; any other would be lost.
            if (node.Address.Contains("://", StringComparison.Ordinal) && !node.Address.StartsWith("tcp://", StringComparison.OrdinalIgnoreCase))
            {
                throw RegistryErrors.Invalid(
                    record, $"the node {node.Id} is at '{node.Address}'; Go Micro's layout keeps an IP address and a port, reached by tcp.");
            }

            DomainName service = Below(record.Name, s_domain);
            DomainName instance = Below(attempt == 0 ? node.Id : $"{node.Id}-{attempt + 1}", service);
            DomainName target = host.Of(node.Address, s_domain, out int port, out IReadOnlyList<IPAddress> addresses);
            if (port == 0 || addresses.Count == 0)
            {
                throw RegistryErrors.Invalid(
                    record, $"Go Micro's layout has an IP address and a port of each node, and {node.Address} has not.");
            }

            DomainName entry = Below(record.Name, s_list);
            return new NodeRecords(
                instance,
                [
                    Record(instance, new SrvData(10, 1, (ushort)port, target)),
                    Record(instance, WriteText(record, node)),
                    .. HostNames.Records(target, addresses, timeToLive),
                ],
                [
                    Record(service, new NameData(DnsRecordType.Ptr, instance)),
                    Record(s_list, new NameData(DnsRecordType.Ptr, entry)),
                    Record(entry, new SrvData(10, 1, ListPort, s_domain)),
                    Record(entry, new TxtData([])),
                ]);
        }
        catch (FormatException e)
        {
            throw RegistryErrors.Invalid(record, e.Message);
        }

        DnsRecord Record(DomainName name, DnsRecordData data) => new(name, DnsRecord.InternetClass, timeToLive, data);
    }

    public IEnumerable<DomainName> NamesOf(string? service, Func<DomainName, IEnumerable<DomainName>> pointers)
    {
        if (service is not null) return TryBelow(service, s_domain) is { } name ? [name] : [];

        // The list, and what it lists.
        List<DomainName> names = [s_list];
        foreach (DomainName entry in pointers(s_list))
        {
            if (TryBelow(WithoutEnd(entry, s_list), s_domain) is { } listed) names.Add(listed);
        }

        return names;
    }

    public bool TryRead(
        DomainName instance,
        SrvData srv,
        TxtData txt,
        Func<DomainName, IEnumerable<IPAddress>> addresses,
        [NotNullWhen(true)] out ServiceRecord? record,
        out string? error)
    {
        record = null;
        error = null;
        if (instance.IsWithin(s_list)) return false;
        IPAddress? address = addresses(srv.Target).OrderBy(static one => one.AddressFamily == AddressFamily.InterNetworkV6)
            .ThenBy(static one => one.ToString(), StringComparer.Ordinal).FirstOrDefault();
        if (address is null || !TryReadText(txt, out ServiceRecord? read, out ServiceMetadata? metadata, out error)) return false;
        if (TryBelow(read.Name, s_domain) is not { } service || !instance.IsWithin(service) || instance.Equals(service))
        {
            error = $"its text is of the service '{read.Name}'";
            return false;
        }

        record = read with
        {
            Nodes = [new ServiceNode(WithoutEnd(instance, service), new IPEndPoint(address, srv.Port).ToString()) { Metadata = metadata }],
        };
        return true;
    }

    internal static TxtData WriteText(ServiceRecord record, ServiceNode node)
    {
        // The same JSON as elsewhere, taken apart: only the names of its outermost members are others here.
        using JsonDocument inner = JsonDocument.Parse(ServiceRecordJson.Write(record with { Nodes = [node] }, RecordLayout.GoMicro));
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("Metadata");
            inner.RootElement.GetProperty("nodes")[0].GetProperty("metadata").WriteTo(json);
            json.WriteString("Service", record.Name);
            json.WriteString("Version", record.Version);
            json.WritePropertyName("Endpoints");
            inner.RootElement.GetProperty("endpoints").WriteTo(json);
            json.WriteEndObject();
        }

        byte[] hex = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Zlib.Compress(buffer.WrittenSpan)));
        if (hex.Length > MaxHex)
        {
            throw RegistryErrors.Invalid(record, $"it makes {hex.Length:N0} bytes of text, and mDNS can carry {MaxHex:N0}; shorten it.");
        }
        return new TxtData([.. hex.Chunk(MaxText).Select(static text => (ReadOnlyMemory<byte>)text)]);
    }

    internal static bool TryReadText(
        TxtData txt, [NotNullWhen(true)] out ServiceRecord? record, [NotNullWhen(true)] out ServiceMetadata? metadata, out string? error)
    {
        record = null;
        metadata = null;
        byte[]? json;
        try
        {
            json = Convert.FromHexString(string.Concat(txt.Texts.Select(static text => Encoding.ASCII.GetString(text.Span))));
        }
        catch (FormatException)
        {
            error = "its text is not hexadecimal";
            return false;
        }

        if (!Zlib.TryDecompress(json, ServiceRecordJson.MaxLength, out json, out error)) return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ServiceRecordJson.MaxDepth * 2 });
            ArrayBufferWriter<byte> buffer = new();
            using (Utf8JsonWriter inner = new(buffer))
            {
                inner.WriteStartObject();
                Copy("Service", "name");
                Copy("Version", "version");
                Copy("Endpoints", "endpoints");
                inner.WriteStartArray("nodes");
                inner.WriteStartObject();
                inner.WriteString("id", "");
                inner.WriteString("address", "");
                Copy("Metadata", "metadata");
                inner.WriteEndObject();
                inner.WriteEndArray();
                inner.WriteEndObject();

                void Copy(string from, string to)
                {
                    if (!document.RootElement.TryGetProperty(from, out JsonElement value)) return;
                    inner.WritePropertyName(to);
                    value.WriteTo(inner);
                }
            }

            if (!ServiceRecordJson.TryRead(buffer.WrittenMemory, out record, out error)) return false;
            metadata = record.Nodes[0].Metadata;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error = e.Message;
            return false;
        }
    }

    /// <summary>A text with dots as labels below a name, as Go does it.</summary>
    private static DomainName Below(string text, DomainName parent) =>
        text.Split('.').AsEnumerable().Reverse().Aggregate(parent, static (name, label) => name.Prepend(label));

    private static DomainName? TryBelow(string text, DomainName parent)
    {
        try
        {
            return Below(text, parent);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string WithoutEnd(DomainName name, DomainName end) =>
        string.Join('.', name.Labels.Take(name.Labels.Count() - end.Labels.Count()));
}
