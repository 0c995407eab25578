using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Mdns.Layouts;

/// <summary>
/// A record as the texts of a TXT record (RFC 6763, 6): <c>txtvers=1</c>, then for people <c>service</c>, <c>version</c> and <c>id</c>,
/// then the record as JSON in parts <c>r0=</c>, <c>r1=</c> and so on, because a text has at most 255 bytes; large ones compressed,
/// <c>z0=</c> and so on.
/// </summary>
internal static class RecordText
{
    private const int MaxText = 255;

    /// <summary>JSON that is longer is compressed: the whole announcement is to fit into one Ethernet packet (RFC 6763, 6.2).</summary>
    private const int MaxPlain = 600;

    /// <summary>The longest TXT record that is announced: what fits into a packet of mDNS with the rest (RFC 6762, 17).</summary>
    private const int MaxLength = 8_000;

    private const int MaxParts = 100;
    private const string ServiceKey = "service";
    private const string VersionKey = "version";
    private const string IdKey = "id";
    private const string AddressKey = "address";
    private const string GroupKey = "group";
    private const string TextVersion = "txtvers";

    /// <summary>The texts of a record with one node.</summary>
    /// <exception cref="RpcException">It is too large.</exception>
    public static TxtData Write(ServiceRecord record)
    {
        byte[] json = ServiceRecordJson.Write(record);
        ImmutableArray<ReadOnlyMemory<byte>>.Builder texts = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        Add(TextVersion, "1");
        Add(ServiceKey, record.Name);
        if (record.Version.Length > 0) Add(VersionKey, record.Version);
        Add(IdKey, record.Nodes[0].Id);
        (char kind, byte[] content) = json.Length <= MaxPlain ? ('r', json) : ('z', Zlib.Compress(json));
        int number = 0;
        for (int start = 0; start < content.Length; number++)
        {
            byte[] key = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}{number}="));
            int length = Math.Min(MaxText - key.Length, content.Length - start);
            texts.Add((byte[])[.. key, .. content.AsSpan(start, length)]);
            start += length;
        }

        int total = texts.Sum(static text => text.Length + 1);
        if (total > MaxLength || number > MaxParts)
        {
            throw RegistryErrors.Invalid(
                record,
                $"it makes a TXT record of {total:N0} bytes, and mDNS can carry {MaxLength:N0}; shorten its metadata or endpoints.");
        }

        return new TxtData(texts.ToImmutable());

        void Add(string key, string value)
        {
            byte[] text = Encoding.UTF8.GetBytes($"{key}={value}");
            if (text.Length <= MaxText) texts.Add(text);
        }
    }

    /// <summary>Reads the JSON of a record.</summary>
    /// <param name="txt">The texts.</param>
    /// <param name="record">The record, or null.</param>
    /// <param name="error">What is wrong with it; null when there is none.</param>
    public static bool TryRead(TxtData txt, [NotNullWhen(true)] out ServiceRecord? record, out string? error)
    {
        record = null;
        error = null;
        SortedDictionary<int, ReadOnlyMemory<byte>> parts = [];
        byte kind = 0;
        foreach (ReadOnlyMemory<byte> text in txt.Texts)
        {
            int equals = text.Span.IndexOf((byte)'=');
            if (equals < 2 || text.Span[0] is not ((byte)'r' or (byte)'z')) continue;
            if (!int.TryParse(text.Span[1..equals], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number >= MaxParts)
            {
                continue;
            }
            kind = text.Span[0];
            parts.TryAdd(number, text[(equals + 1)..]);
        }

        if (parts.Count == 0) return false;
        if (parts.Keys.Last() != parts.Count - 1)
        {
            error = "a part of its record is missing";
            return false;
        }

        byte[]? json = [.. parts.Values.SelectMany(static part => part.ToArray())];
        if (kind == 'z' && !Zlib.TryDecompress(json, ServiceRecordJson.MaxLength, out json, out error)) return false;
        if (!ServiceRecordJson.TryRead(json, out record, out error)) return false;
        if (record.Nodes.Length == 1) return true;
        error = $"its record has {record.Nodes.Length} nodes";
        record = null;
        return false;
    }

    /// <summary>
    /// Reads what others announce: <c>service</c> (otherwise the instance's name), <c>version</c>, <c>group</c>, <c>id</c>, <c>address</c>,
    /// and all else is metadata of the node.
    /// </summary>
    /// <returns>False when its address is not known yet.</returns>
    public static bool TryReadWords(TxtData txt, string instance, IPEndPoint? endPoint, [NotNullWhen(true)] out ServiceRecord? record)
    {
        Dictionary<string, string> words = new(StringComparer.Ordinal);
        foreach (ReadOnlyMemory<byte> text in txt.Texts)
        {
            string pair = Encoding.UTF8.GetString(text.Span);
            int equals = pair.IndexOf('=');
            if (equals > 0) words.TryAdd(pair[..equals].ToLowerInvariant(), pair[(equals + 1)..]);
        }

        record = null;
        words.Remove(TextVersion);
        string? address = Take(AddressKey) ?? (endPoint is null ? null : $"tcp://{endPoint}");
        if (address is null) return false;
        record = new ServiceRecord(Take(ServiceKey) ?? instance, Take(VersionKey) ?? "");
        if (Take(GroupKey) is { } group) record = record with { Metadata = ServiceMetadata.Empty.With(ServiceMetadataKeys.Group, group) };
        record = record with { Nodes = [new ServiceNode(Take(IdKey) ?? instance, address) { Metadata = ServiceMetadata.Create(words) }] };
        return true;

        string? Take(string key) => words.Remove(key, out string? value) ? value : null;
    }
}
