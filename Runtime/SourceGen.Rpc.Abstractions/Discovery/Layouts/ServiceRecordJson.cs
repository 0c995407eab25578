using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// A record as JSON, for registries that keep texts. The framework's own layout and Go Micro's are the same but for what is empty: Go Micro
/// writes <c>null</c> for metadata and always has <c>endpoints</c>; it is read either way. Source of the format: Go Micro's
/// <c>registry.Service</c>, whose names these are.
/// </summary>
public static class ServiceRecordJson
{
    /// <summary>The largest text that is read: 1 MiB.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>How deeply a request or response is described at most; what lies deeper makes a text unreadable.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonWriterOptions s_writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="layout">In whose form.</param>
    /// <returns>The text in UTF-8.</returns>
    public static byte[] Write(ServiceRecord record, RecordLayout layout = RecordLayout.Default)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, s_writing))
        {
            writer.WriteStartObject();
            writer.WriteString("name", record.Name);
            writer.WriteString("version", record.Version);
            WriteMetadata(writer, record.Metadata, layout);
            writer.WriteStartArray("endpoints");
            foreach (ServiceEndpoint endpoint in record.Endpoints)
            {
                writer.WriteStartObject();
                writer.WriteString("name", endpoint.Name);
                WriteValue(writer, "request", endpoint.Request, layout);
                WriteValue(writer, "response", endpoint.Response, layout);
                WriteMetadata(writer, endpoint.Metadata, layout);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("nodes");
            foreach (ServiceNode node in record.Nodes)
            {
                writer.WriteStartObject();
                writer.WriteString("id", node.Id);
                writer.WriteString("address", node.Address);
                WriteMetadata(writer, node.Metadata, layout);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a record, of either layout.</summary>
    /// <param name="json">The text in UTF-8. It may come from anybody.</param>
    /// <param name="record">The record, or null.</param>
    /// <param name="error">What is wrong with the text, or null.</param>
    /// <returns>Whether it is a record. Members that are not known are skipped.</returns>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out ServiceRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        error = null;
        if (json.Length > MaxLength)
        {
            error = $"it has {json.Length:N0} bytes, and a record has at most {MaxLength:N0}";
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth * 2 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new FormatException($"it is {Describe(root)} where an object is expected");
            string name = ReadString(root, "name") ?? throw new FormatException("it has no 'name'");
            record = new ServiceRecord(name, ReadString(root, "version") ?? "")
            {
                Metadata = ReadMetadata(root),
                Endpoints = [.. ReadArray(root, "endpoints").Select(ReadEndpoint)],
                Nodes = [.. ReadArray(root, "nodes").Select(ReadNode)],
            };
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException: text that is JSON and not Unicode.
            error = e.Message;
            return false;
        }
    }

    private static ServiceEndpoint ReadEndpoint(JsonElement element) => new(ReadString(element, "name") ?? "")
    {
        Request = ReadValue(element, "request"),
        Response = ReadValue(element, "response"),
        Metadata = ReadMetadata(element),
    };

    private static ServiceNode ReadNode(JsonElement element) => new(
        ReadString(element, "id") ?? throw new FormatException("a node has no 'id'"),
        ReadString(element, "address") ?? throw new FormatException("a node has no 'address'"))
    {
        Metadata = ReadMetadata(element),
    };

    private static ServiceValue? ReadValue(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement element) && element.ValueKind != JsonValueKind.Null ? ReadValue(element) : null;

    private static ServiceValue ReadValue(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"a value is {Describe(element)} where an object is expected");
        return new ServiceValue(ReadString(element, "name") ?? "", ReadString(element, "type") ?? "")
        {
            Values = [.. ReadArray(element, "values").Select(ReadValue)],
        };
    }

    private static ServiceMetadata ReadMetadata(JsonElement parent)
    {
        if (!parent.TryGetProperty("metadata", out JsonElement element) || element.ValueKind == JsonValueKind.Null) return ServiceMetadata.Empty;
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"'metadata' is {Describe(element)} where an object is expected");
        return ServiceMetadata.Create(element.EnumerateObject().Select(static property =>
            new KeyValuePair<string, string>(property.Name, ToText(property.Value, property.Name))));
    }

    private static string? ReadString(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object) throw new FormatException($"{Describe(parent)} stands where an object is expected");
        return parent.TryGetProperty(name, out JsonElement element) && element.ValueKind != JsonValueKind.Null ? ToText(element, name) : null;
    }

    private static string ToText(JsonElement element, string name) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw new FormatException($"'{name}' is {Describe(element)} where a text is expected");

    private static IEnumerable<JsonElement> ReadArray(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out JsonElement element) || element.ValueKind == JsonValueKind.Null) return [];
        return element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray()
            : throw new FormatException($"'{name}' is {Describe(element)} where an array is expected");
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static void WriteMetadata(Utf8JsonWriter writer, ServiceMetadata metadata, RecordLayout layout)
    {
        if (metadata.Count == 0)
        {
            if (layout == RecordLayout.GoMicro) writer.WriteNull("metadata");
            return;
        }

        writer.WriteStartObject("metadata");
        foreach ((string name, string value) in metadata) writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, ServiceValue? value, RecordLayout layout)
    {
        if (value is null)
        {
            if (layout == RecordLayout.GoMicro) writer.WriteNull(name);
            return;
        }

        writer.WritePropertyName(name);
        WriteValue(writer, value, layout);
    }

    private static void WriteValue(Utf8JsonWriter writer, ServiceValue value, RecordLayout layout)
    {
        writer.WriteStartObject();
        writer.WriteString("name", value.Name);
        writer.WriteString("type", value.Type);
        if (value.Values.IsEmpty)
        {
            if (layout == RecordLayout.GoMicro) writer.WriteNull("values");
        }
        else
        {
            writer.WriteStartArray("values");
            foreach (ServiceValue part in value.Values) WriteValue(writer, part, layout);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
