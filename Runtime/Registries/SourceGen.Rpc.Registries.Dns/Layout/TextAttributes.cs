using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Layout;

/// <summary>
/// The <c>name=value</c> texts of TXT records (RFC 1464; RFC 6763, 6.3 and 6.4: names without case, the first of two counts).
/// </summary>
internal static class TextAttributes
{
    private const string VersionKey = "version";

    /// <summary>Gives a record the version and the metadata that texts say; what is no <c>name=value</c> is left out.</summary>
    public static ServiceRecord Apply(ServiceRecord record, IEnumerable<DnsRecord> texts)
    {
        Dictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach (ReadOnlyMemory<byte> text in texts.Select(static text => text.Data).OfType<TxtData>().SelectMany(
            static data => data.Texts))
        {
            string pair = Encoding.UTF8.GetString(text.Span);
            int equals = pair.IndexOf('=');
            if (equals > 0) attributes.TryAdd(pair[..equals].ToLowerInvariant(), pair[(equals + 1)..]);
        }

        string version = attributes.GetValueOrDefault(VersionKey, record.Version);
        attributes.Remove(VersionKey);
        return record with { Version = version, Metadata = ServiceMetadata.Create(attributes) };
    }
}
