using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Layouts;

/// <summary>
/// Go Micro's tags: <c>t-</c> for each pair of metadata, <c>e-</c> for each endpoint, <c>v-</c> for the version, followed by
/// hex(zlib(JSON)), for the version hex(zlib(the version)). Older ones have <c>t=</c>, <c>e=</c> and <c>v=</c> with the plain text.
/// </summary>
internal static class GoMicroTags
{
    /// <summary>The most that a tag may become when it is decompressed.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>The most that all tags of a service may become.</summary>
    public const int MaxTotalLength = ServiceRecordJson.MaxLength;

    public static bool IsVersion(string tag) => Is(tag, 'v');

    public static IEnumerable<string> OfMetadata(ServiceMetadata metadata)
    {
        foreach ((string name, string value) in metadata)
        {
            using MemoryStream json = new();
            using (Utf8JsonWriter writer = new(json))
            {
                writer.WriteStartObject();
                writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            yield return Pack('t', json.ToArray());
        }
    }

    public static string OfEndpoint(ServiceEndpoint endpoint)
    {
        // As it stands within a record, whose form this is.
        byte[] record = ServiceRecordJson.Write(new ServiceRecord("") { Endpoints = [endpoint] }, RecordLayout.GoMicro);
        using JsonDocument document = JsonDocument.Parse(record, new JsonDocumentOptions { MaxDepth = 1_000 });
        return Pack('e', Encoding.UTF8.GetBytes(document.RootElement.GetProperty("endpoints")[0].GetRawText()));
    }

    public static string OfVersion(string version) => Pack('v', Encoding.UTF8.GetBytes(version));

    /// <summary>Reads the tags of a service; others than these are skipped.</summary>
    /// <param name="tags">The tags, which anybody may have written.</param>
    /// <param name="version">The version, or null.</param>
    /// <param name="metadata">The node's metadata, or null.</param>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="error">What is wrong, or null.</param>
    public static bool TryRead(
        ImmutableArray<string> tags,
        [NotNullWhen(true)] out string? version,
        [NotNullWhen(true)] out ServiceMetadata? metadata,
        out ImmutableArray<ServiceEndpoint> endpoints,
        [NotNullWhen(false)] out string? error)
    {
        version = null;
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        ImmutableArray<ServiceEndpoint>.Builder found = ImmutableArray.CreateBuilder<ServiceEndpoint>();
        int total = 0;
        metadata = null;
        endpoints = [];
        error = null;
        foreach (string tag in tags)
        {
            if (!Is(tag, 't') && !Is(tag, 'e') && !Is(tag, 'v')) continue;
            if (!TryUnpack(tag, out byte[]? text) || (total += text.Length) > MaxTotalLength)
            {
                error = $"its tag {Shorten(tag)} is not hex(zlib(text)), or too long";
                return false;
            }

            if (tag[0] == 'v') version = Encoding.UTF8.GetString(text);
            else error = tag[0] == 't' ? AddPairs(text, pairs) : AddEndpoint(text, found);
            if (error is null) continue;
            error = $"its tag {Shorten(tag)} cannot be read: {error}";
            return false;
        }

        if (version is null)
        {
            error = "it has no tag v- with a version";
            return false;
        }

        metadata = ServiceMetadata.Create(pairs);
        endpoints = found.ToImmutable();
        return true;
    }

    private static bool Is(string tag, char kind) => tag.Length >= 2 && tag[0] == kind && tag[1] is ('-' or '=');

    private static string Pack(char kind, byte[] text) => $"{kind}-{Convert.ToHexStringLower(Zlib.Compress(text))}";

    private static bool TryUnpack(string tag, [NotNullWhen(true)] out byte[]? text)
    {
        text = null;
        if (tag[1] == '=')
        {
            text = Encoding.UTF8.GetBytes(tag[2..]);
            return text.Length <= MaxLength;
        }

        byte[] packed = new byte[(tag.Length - 2) / 2];
        return Convert.FromHexString(tag.AsSpan(2), packed, out _, out int length) == System.Buffers.OperationStatus.Done
            && Zlib.TryDecompress(packed[..length], MaxLength, out text, out _);
    }

    private static string? AddPairs(byte[] json, Dictionary<string, string> pairs)
    {
        // Metadata is read where records have it.
        if (!ServiceRecordJson.TryRead(Wrap("{\"name\":\"\",\"metadata\":", json, "}"), out ServiceRecord? record, out string? error))
        {
            return error;
        }
        foreach ((string name, string value) in record.Metadata) pairs[name] = value;
        return null;
    }

    private static string? AddEndpoint(byte[] json, ImmutableArray<ServiceEndpoint>.Builder endpoints)
    {
        if (!ServiceRecordJson.TryRead(Wrap("{\"name\":\"\",\"endpoints\":[", json, "]}"), out ServiceRecord? record, out string? error))
        {
            return error;
        }
        endpoints.AddRange(record.Endpoints);
        return null;
    }

    private static byte[] Wrap(string before, byte[] json, string after) =>
        [.. Encoding.UTF8.GetBytes(before), .. json, .. Encoding.UTF8.GetBytes(after)];

    private static string Shorten(string tag) => tag.Length <= 40 ? tag : tag[..40] + "...";
}
