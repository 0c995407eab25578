using System.Text.Json;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>One line of messagepack.json: a value as C# and the bytes MessagePack-CSharp wrote for it.</summary>
internal sealed class GoldenLine
{
    private GoldenLine(JsonElement json)
    {
        Type = json.GetProperty("type").GetString()!;
        Key = KeyOf(Type, json.GetProperty("value").GetString()!, json.GetProperty("resolver").GetString()!);
        JsonElement hex = json.GetProperty("hex");
        if (hex.ValueKind == JsonValueKind.String)
        {
            Bytes = Convert.FromHexString(hex.GetString()!);
        }
        else if (hex.ValueKind == JsonValueKind.Object)
        {
            Sha256 = hex.GetProperty("sha256").GetString();
            Length = hex.GetProperty("length").GetInt32();
        }
    }

    public static IReadOnlyList<GoldenLine> All { get; } = Load();

    public string Type { get; }

    public string Key { get; }

    /// <summary>The bytes; null where the file has their hash only, or nothing because MessagePack-CSharp refuses the value.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The hash of bytes too long for the file, in lower-case hexadecimal.</summary>
    public string? Sha256 { get; }

    /// <summary>The length of bytes too long for the file.</summary>
    public int Length { get; }

    public static string KeyOf(string type, string value, string resolver) =>
        $"{type} = {value}{(resolver == "standard" ? "" : $" ({resolver})")}";

    private static List<GoldenLine> Load()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "messagepack.json"));
        using JsonDocument document = JsonDocument.Parse(file);
        return [.. document.RootElement.EnumerateArray().Select(json => new GoldenLine(json))];
    }
}
