using System.Text.Json;

namespace SourceGen.Rpc.Registries.Consul.Protocol;

/// <summary>Reads Consul's JSON, in which what is empty can be null or left out.</summary>
internal static class ConsulJson
{
    /// <exception cref="FormatException">It is there and no text.</exception>
    public static string GetText(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement element)) return "";
        return element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"'{name}' is no text");
    }

    /// <exception cref="FormatException">It is there and no number.</exception>
    public static int GetNumber(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement element)) return 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int number)
            ? number
            : throw new FormatException($"'{name}' is no number");
    }

    /// <exception cref="FormatException">It is there and no object.</exception>
    public static JsonElement GetObject(JsonElement parent, string name)
    {
        if (!TryGet(parent, name, out JsonElement element)) return default;
        return element.ValueKind == JsonValueKind.Object ? element : throw new FormatException($"'{name}' is no object");
    }

    /// <exception cref="FormatException">It is there and no object of texts.</exception>
    public static IEnumerable<KeyValuePair<string, string>> GetPairs(JsonElement parent, string name)
    {
        JsonElement element = GetObject(parent, name);
        if (element.ValueKind != JsonValueKind.Object) yield break;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            yield return property.Value.ValueKind == JsonValueKind.String
                ? new KeyValuePair<string, string>(property.Name, property.Value.GetString()!)
                : throw new FormatException($"'{name}' holds something else than texts");
        }
    }

    /// <exception cref="FormatException">It is there and no array of texts.</exception>
    public static IEnumerable<string> GetTexts(JsonElement parent, string name) =>
        TryGet(parent, name, out JsonElement element) ? ReadTexts(element, name) : [];

    /// <exception cref="FormatException">It is no array of texts.</exception>
    public static IEnumerable<string> ReadTexts(JsonElement array, string name)
    {
        foreach (JsonElement item in GetItems(array, name))
        {
            yield return item.ValueKind == JsonValueKind.String
                ? item.GetString()!
                : throw new FormatException($"'{name}' holds something else than texts");
        }
    }

    /// <exception cref="FormatException">It is no array.</exception>
    public static IEnumerable<JsonElement> GetItems(JsonElement array, string name) => array.ValueKind switch
    {
        JsonValueKind.Array => array.EnumerateArray(),
        JsonValueKind.Null => [],
        _ => throw new FormatException($"'{name}' is no array"),
    };

    private static bool TryGet(JsonElement parent, string name, out JsonElement element)
    {
        element = default;
        return parent.ValueKind == JsonValueKind.Object
            && parent.TryGetProperty(name, out element)
            && element.ValueKind != JsonValueKind.Null;
    }
}
