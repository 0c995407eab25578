using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>
/// The JSON of etcd's gateway: keys and values are base64, integers of 64 bits are texts, and what is zero or empty is left out
/// (https://protobuf.dev/programming-guides/json/).
/// </summary>
internal static class EtcdJson
{
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteKey(Utf8JsonWriter writer, string name, string key) =>
        writer.WriteBase64String(name, Encoding.UTF8.GetBytes(key));

    public static void WriteNumber(Utf8JsonWriter writer, string name, long value) =>
        writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="FormatException">It is there and no integer.</exception>
    public static long GetNumber(JsonElement parent, string name, long fallback = 0)
    {
        if (!TryGet(parent, name, out JsonElement element)) return fallback;
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long number)) return number;
        return element.ValueKind == JsonValueKind.String
            && long.TryParse(element.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            ? number
            : throw new FormatException($"'{name}' is no integer");
    }

    public static string? GetText(JsonElement parent, string name) =>
        TryGet(parent, name, out JsonElement element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public static bool GetFlag(JsonElement parent, string name) =>
        TryGet(parent, name, out JsonElement element) && element.ValueKind == JsonValueKind.True;

    /// <exception cref="FormatException">It is there and no base64.</exception>
    public static byte[] GetBytes(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement element)) return [];
        return element.ValueKind == JsonValueKind.String && element.TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw new FormatException($"'{name}' is no base64");
    }

    /// <exception cref="FormatException">It is there and no object.</exception>
    public static JsonElement GetObject(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement element)) return default;
        return element.ValueKind == JsonValueKind.Object ? element : throw new FormatException($"'{name}' is no object");
    }

    /// <exception cref="FormatException">It is there and no array of objects.</exception>
    public static IEnumerable<JsonElement> GetObjects(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement element)) yield break;
        if (element.ValueKind != JsonValueKind.Array) throw new FormatException($"'{name}' is no array");
        foreach (JsonElement item in element.EnumerateArray())
        {
            yield return item.ValueKind == JsonValueKind.Object
                ? item
                : throw new FormatException($"'{name}' holds something else than objects");
        }
    }

    /// <summary>The revision of the store at which an answer was given.</summary>
    public static long GetRevision(JsonElement answer) => GetNumber(GetObject(answer, "header"), "revision");

    private static bool TryGet(JsonElement parent, string name, out JsonElement element)
    {
        element = default;
        return parent.ValueKind == JsonValueKind.Object
            && parent.TryGetProperty(name, out element)
            && element.ValueKind != JsonValueKind.Null;
    }
}
