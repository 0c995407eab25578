using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>What the file of a node says. docs/registries/file.md describes the format.</summary>
/// <param name="Record">The record, with this node alone.</param>
/// <param name="TimeToLive">How long after the file's time of writing the lease ends; null for a persistent node.</param>
/// <param name="Process">Who registered it; null when that is not known.</param>
internal sealed record NodeFile(ServiceRecord Record, TimeSpan? TimeToLive, ProcessIdentity? Process)
{
    /// <summary>The largest file that is read: a record, and what stands around it.</summary>
    public const int MaxLength = ServiceRecordJson.MaxLength + (16 * 1024);

    private const double MaxSeconds = 100.0 * 365 * 86_400;

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = (ServiceRecordJson.MaxDepth * 2) + 1 };

    public static byte[] Write(ServiceRecord record, RegisterOptions options)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            if (!options.IsPersistent)
            {
                writer.WriteNumber("timeToLive", Math.Min(options.TimeToLive.TotalSeconds, MaxSeconds));
                if (ProcessIdentity.Current is { } process)
                {
                    writer.WriteStartObject("process");
                    writer.WriteNumber("id", process.Id);
                    writer.WriteString("start", process.Start);
                    writer.WriteString("domain", process.Domain);
                    writer.WriteEndObject();
                }
            }

            writer.WritePropertyName("record");
            writer.WriteRawValue(ServiceRecordJson.Write(record));
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out NodeFile? file, [NotNullWhen(false)] out string? error)
    {
        file = null;
        error = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_reading);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("record", out JsonElement inner))
            {
                error = "it is not an object with a 'record'";
                return false;
            }

            TimeSpan? timeToLive = null;
            if (root.TryGetProperty("timeToLive", out JsonElement seconds))
            {
                bool isNumber = seconds.ValueKind == JsonValueKind.Number;
                if (!isNumber || !seconds.TryGetDouble(out double value) || value is not (> 0 and <= MaxSeconds))
                {
                    error = "its 'timeToLive' is not a number of seconds";
                    return false;
                }

                timeToLive = TimeSpan.FromSeconds(value);
            }

            if (!ServiceRecordJson.TryRead(Encoding.UTF8.GetBytes(inner.GetRawText()), out ServiceRecord? record, out error)) return false;
            if (record.Nodes.Length != 1)
            {
                error = $"its record has {record.Nodes.Length} nodes where one is expected";
                return false;
            }

            file = new NodeFile(record, timeToLive, ReadProcess(root));
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is JSON and not Unicode.
            error = e.Message;
            return false;
        }
    }

    /// <summary>A description that is not understood says nothing, and then the lease alone counts.</summary>
    private static ProcessIdentity? ReadProcess(JsonElement root) =>
        root.TryGetProperty("process", out JsonElement process) && process.ValueKind == JsonValueKind.Object
        && process.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.Number
        && id.TryGetInt32(out int number) && number > 0
        && process.TryGetProperty("start", out JsonElement start) && start.ValueKind == JsonValueKind.String
        && process.TryGetProperty("domain", out JsonElement domain) && domain.ValueKind == JsonValueKind.String
            ? new ProcessIdentity(number, start.GetString()!, domain.GetString()!)
            : null;
}
