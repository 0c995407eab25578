using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Turns MessagePack from an untrusted peer into JSON, as the types of a schema have it. Used by many threads at once.</summary>
/// <param name="schema">The contract.</param>
/// <param name="type">The type of the values.</param>
/// <param name="maxSize">The most bytes of JSON that a value may become.</param>
internal sealed partial class MessagePackToJson(ContractSchema schema, SchemaType type, int maxSize)
{
    /// <summary>The structure is this class's own and always whole; what must be checked are the values.</summary>
    private static readonly JsonWriterOptions s_writerOptions = new() { SkipValidation = true };

    /// <summary>Reads a value.</summary>
    /// <returns>JSON in UTF-8.</returns>
    /// <exception cref="RpcSerializationException">The data is not a value of the type, or the JSON becomes too large.</exception>
    public ReadOnlyMemory<byte> Read(ref MessagePackReader reader)
    {
        BoundedBuffer output = new(maxSize);
        TranscodingPath path = new();
        using Utf8JsonWriter json = new(output, s_writerOptions);
        try
        {
            Copy(ref reader, type, json, path);
            json.Flush();
        }
        catch (RpcSerializationException e)
        {
            // What is still buffered must not be sent after what cannot take it.
            json.Reset(new BoundedBuffer(0));
            string at = path.ToString();
            throw at.Length == 0 ? e : new RpcSerializationException($"{at}: {e.Message}", e);
        }

        return output.Written;
    }

    private static void CopyScalar(ref MessagePackReader reader, SchemaType type, Utf8JsonWriter json)
    {
        switch (type.Kind)
        {
            case SchemaKind.Bool: json.WriteBooleanValue(reader.ReadBoolean()); break;
            case SchemaKind.Integer: CopyInteger(ref reader, type.Name, json); break;
            case SchemaKind.Float when type.Name == "float16": CopyHalf(reader.ReadHalf(), json); break;
            case SchemaKind.Float when type.Name == "float32": CopySingle(reader.ReadSingle(), json); break;
            case SchemaKind.Float: CopyDouble(reader.ReadDouble(), json); break;
            case SchemaKind.Char: CopyChar(reader.ReadChar(), json); break;
            case SchemaKind.String: json.WriteStringValue(reader.ReadString()); break;
            case SchemaKind.Bytes: json.WriteBase64StringValue(reader.ReadBytes()); break;
            case SchemaKind.Decimal: json.WriteNumberValue(reader.ReadDecimal()); break;
            case SchemaKind.Guid: json.WriteStringValue(reader.ReadGuid()); break;
            case SchemaKind.DateTime: json.WriteStringValue(reader.ReadDateTime()); break;
            case SchemaKind.DateTimeOffset: json.WriteStringValue(reader.ReadDateTimeOffset()); break;
            case SchemaKind.TimeSpan: json.WriteStringValue(reader.ReadTimeSpan().ToString("c")); break;
            default: CopyText(LibraryText.Read(ref reader, type.Kind, out bool isNumber), isNumber, json); break;
        }
    }

    private static void CopyText(string text, bool isNumber, Utf8JsonWriter json)
    {
        if (isNumber) json.WriteRawValue(text, skipInputValidation: true);
        else json.WriteStringValue(text);
    }

    private static void CopyHalf(Half value, Utf8JsonWriter json) => CopyText(ScalarName.Of(value), Half.IsFinite(value), json);

    private static void CopyInteger(ref MessagePackReader reader, string word, Utf8JsonWriter json)
    {
        if (IntegerRange.IsUnsigned(word)) json.WriteNumberValue((ulong)ScalarName.ReadInteger(ref reader, word));
        else json.WriteNumberValue((long)ScalarName.ReadInteger(ref reader, word));
    }

    private static void CopySingle(float value, Utf8JsonWriter json)
    {
        if (float.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(ScalarName.Of(value));
    }

    private static void CopyDouble(double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(ScalarName.Of(value));
    }

    private static void CopyChar(char value, Utf8JsonWriter json)
    {
        if (char.IsSurrogate(value)) json.WriteNumberValue((int)value);
        else json.WriteStringValue([value]);
    }

    private void Copy(ref MessagePackReader reader, SchemaType type, Utf8JsonWriter json, TranscodingPath path)
    {
        // For every type, whatever the schema says: readers accept nil for every reference type, and which are structs it does not say.
        if (reader.TryReadNil())
        {
            json.WriteNullValue();
            return;
        }

        switch (type.Kind)
        {
            case SchemaKind.List: CopyList(ref reader, type, json, path); break;
            case SchemaKind.Map: CopyMap(ref reader, type, json, path); break;
            case SchemaKind.Tuple: CopyTuple(ref reader, type, json, path); break;
            case SchemaKind.Named when schema.Types[type.Name] is SchemaEnum definition: CopyEnum(ref reader, definition, json); break;
            case SchemaKind.Named when schema.Types[type.Name] is SchemaUnion definition:
                CopyUnion(ref reader, definition, json, path);
                break;
            case SchemaKind.Opaque: CopyAny(ref reader, json, path); break;
            case SchemaKind.Named: CopyObject(ref reader, (SchemaObject)schema.Types[type.Name], json, path); break;
            default: CopyScalar(ref reader, type, json); break;
        }
    }

    private void CopyList(ref MessagePackReader reader, SchemaType type, Utf8JsonWriter json, TranscodingPath path)
    {
        reader.Enter();
        int count = reader.ReadArrayHeader();
        json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            path.Enter(i);
            Copy(ref reader, type.Arguments[0], json, path);
            path.Leave();
        }

        json.WriteEndArray();
        reader.Leave();
    }

    private void CopyTuple(ref MessagePackReader reader, SchemaType type, Utf8JsonWriter json, TranscodingPath path)
    {
        reader.Enter();
        int count = reader.ReadArrayHeader();
        if (count != type.Arguments.Length)
        {
            throw new RpcSerializationException($"Expected a tuple of {type.Arguments.Length} elements but found {count}.");
        }

        json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            path.Enter(i);
            Copy(ref reader, type.Arguments[i], json, path);
            path.Leave();
        }

        json.WriteEndArray();
        reader.Leave();
    }

    private void CopyMap(ref MessagePackReader reader, SchemaType type, Utf8JsonWriter json, TranscodingPath path)
    {
        bool byName = ScalarText.CanBeName(type.Arguments[0], schema);
        reader.Enter();
        int count = reader.ReadMapHeader();
        if (byName) json.WriteStartObject();
        else json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            path.Enter(i);
            if (byName)
            {
                json.WritePropertyName(ReadKey(ref reader, type.Arguments[0]));
            }
            else
            {
                json.WriteStartArray();
                Copy(ref reader, type.Arguments[0], json, path);
            }

            Copy(ref reader, type.Arguments[1], json, path);
            if (!byName) json.WriteEndArray();
            path.Leave();
        }

        if (byName) json.WriteEndObject();
        else json.WriteEndArray();
        reader.Leave();
    }

    private string ReadKey(ref MessagePackReader reader, SchemaType type) => type.Kind == SchemaKind.Named
        ? ScalarName.ReadEnum(ref reader, (SchemaEnum)schema.Types[type.Name], out _)
        : ScalarName.Read(ref reader, type);

    private static void CopyEnum(ref MessagePackReader reader, SchemaEnum definition, Utf8JsonWriter json)
    {
        string text = ScalarName.ReadEnum(ref reader, definition, out bool isNumber);
        CopyText(text, isNumber, json);
    }

    private void CopyObject(ref MessagePackReader reader, SchemaObject definition, Utf8JsonWriter json, TranscodingPath path)
    {
        reader.Enter();
        if (definition.IsArray) CopyElements(ref reader, definition, json, path);
        else CopyMembers(ref reader, definition, json, path);
        reader.Leave();
    }

    private void CopyMembers(ref MessagePackReader reader, SchemaObject definition, Utf8JsonWriter json, TranscodingPath path)
    {
        int count = reader.ReadMapHeader();
        json.WriteStartObject();
        for (int i = 0; i < count; i++)
        {
            string? name = reader.ReadString();
            if (name is null || definition.Find(name) is not { } member)
            {
                reader.Skip(); // Of a later version of the type.
                continue;
            }

            path.Enter(name);
            json.WritePropertyName(name);
            Copy(ref reader, member.Type, json, path);
            path.Leave();
        }

        json.WriteEndObject();
    }

    private void CopyElements(ref MessagePackReader reader, SchemaObject definition, Utf8JsonWriter json, TranscodingPath path)
    {
        SchemaMember?[] slots = definition.Slots
            ?? throw new RpcSerializationException($"The members of {NameList.Shorten(definition.Name)} are too far apart to be read.");
        int count = reader.ReadArrayHeader();
        json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            if (i < slots.Length && slots[i] is { } member)
            {
                path.Enter(member.Key);
                Copy(ref reader, member.Type, json, path);
                path.Leave();
                continue;
            }

            reader.Skip();
            if (i < slots.Length) json.WriteNullValue();
        }

        json.WriteEndArray();
    }
}
