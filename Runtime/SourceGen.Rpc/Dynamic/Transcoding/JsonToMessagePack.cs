using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>
/// Turns the JSON of one call into MessagePack, as the types of a schema want it. What does not fit is an error that names the place.
/// </summary>
/// <param name="schema">The contract.</param>
/// <param name="allowMissing">Whether members that are not nullable may be missing.</param>
/// <param name="output">Where the bytes go.</param>
internal sealed partial class JsonToMessagePack(ContractSchema schema, bool allowMissing, BoundedBuffer output)
{
    private const int MaxFound = 60;

    private readonly TranscodingPath _path = new();

    /// <summary>Writes the arguments of a call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="arguments">An object by parameter name, or an array in order; null for none.</param>
    /// <returns>An array of the arguments.</returns>
    /// <exception cref="TranscodingException">They do not fit the method.</exception>
    /// <exception cref="RpcSerializationException">They nest too deep, or become too large.</exception>
    public ReadOnlyMemory<byte> WriteArguments(SchemaMethod method, JsonElement arguments)
    {
        JsonElement?[] values = arguments.ValueKind switch
        {
            JsonValueKind.Object => ByName(method, arguments),
            JsonValueKind.Array => ByPosition(method, arguments),
            JsonValueKind.Null => new JsonElement?[method.Parameters.Length],
            _ => throw new TranscodingException(
                $"expected an object with the arguments by name, or an array of them in order, got {Describe(arguments)}."),
        };
        int count = CountArguments(method, values);
        MessagePackWriter writer = new(output);
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++)
        {
            _path.Enter(method.Parameters[i].Name);
            Write(ref writer, method.Parameters[i].Type, values[i]!.Value);
            _path.Leave();
        }

        writer.Flush();
        return output.Written;
    }

    /// <summary>Writes one value.</summary>
    /// <exception cref="TranscodingException">It does not fit the type.</exception>
    /// <exception cref="RpcSerializationException">It nests too deep, or becomes too large.</exception>
    public ReadOnlyMemory<byte> WriteValue(SchemaType type, JsonElement value)
    {
        MessagePackWriter writer = new(output);
        Write(ref writer, type, value);
        writer.Flush();
        return output.Written;
    }

    private static JsonElement?[] ByPosition(SchemaMethod method, JsonElement arguments)
    {
        if (arguments.GetArrayLength() > method.Parameters.Length)
        {
            throw new TranscodingException(
                $"{arguments.GetArrayLength()} arguments were given, and there are {method.Parameters.Length} parameters: "
                + $"{ParametersOf(method)}.");
        }

        JsonElement?[] values = new JsonElement?[method.Parameters.Length];
        int index = 0;
        foreach (JsonElement value in arguments.EnumerateArray()) values[index++] = value;
        return values;
    }

    private static string ParametersOf(SchemaMethod method) => NameList.Of(method.Parameters.Select(static parameter => parameter.Name));

    private JsonElement?[] ByName(SchemaMethod method, JsonElement arguments)
    {
        JsonElement?[] values = new JsonElement?[method.Parameters.Length];
        foreach (JsonProperty property in arguments.EnumerateObject())
        {
            string name = NameOf(property);
            int index = Array.FindIndex(method.Parameters, parameter => parameter.Name == name);
            if (index < 0)
            {
                throw new TranscodingException(
                    $"there is no parameter '{NameList.Shorten(name)}'; the parameters are: {ParametersOf(method)}.");
            }

            if (values[index] is not null) throw new TranscodingException($"the argument '{NameList.Shorten(name)}' is there twice.");
            values[index] = property.Value;
        }

        return values;
    }

    /// <summary>How many arguments are sent. Those that are missing at the end have defaults; a gap cannot be sent.</summary>
    private static int CountArguments(SchemaMethod method, JsonElement?[] values)
    {
        int count = values.Length;
        while (count > 0 && values[count - 1] is null && method.Parameters[count - 1].HasDefault) count--;
        for (int i = 0; i < count; i++)
        {
            if (values[i] is not null) continue;
            SchemaParameter missing = method.Parameters[i];
            throw new TranscodingException(missing.HasDefault
                ? $"{NameList.Shorten(missing.Name)} is missing: it has a default value, but only the last arguments can be left out, "
                    + $"and {NameList.Shorten(method.Parameters[count - 1].Name)} is given after it."
                : $"{NameList.Shorten(missing.Name)} is missing: expected {NameList.Shorten(missing.Type.ToString())}.");
        }

        return count;
    }

    private void Write(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null && type.IsNullable)
        {
            writer.WriteNil();
            return;
        }

        switch (type.Kind)
        {
            case SchemaKind.List: WriteList(ref writer, type, value); break;
            case SchemaKind.Map: WriteMap(ref writer, type, value); break;
            case SchemaKind.Tuple: WriteTuple(ref writer, type, value); break;
            case SchemaKind.Named when schema.Types[type.Name] is SchemaObject definition:
                WriteObject(ref writer, type, definition, value);
                break;
            case SchemaKind.Named when schema.Types[type.Name] is SchemaUnion definition:
                WriteUnion(ref writer, type, definition, value);
                break;
            case SchemaKind.Opaque: WriteAny(ref writer, value); break;
            default:
                if (!TryWriteScalar(ref writer, type, value)) throw Unexpected(type, value);
                break;
        }
    }

    private bool TryWriteScalar(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        if (type.Kind == SchemaKind.Named) return TryWriteEnum(ref writer, (SchemaEnum)schema.Types[type.Name], value);
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False when type.Kind == SchemaKind.Bool:
                writer.Write(value.ValueKind == JsonValueKind.True);
                return true;
            case JsonValueKind.Number: return TryWriteNumber(ref writer, type, value);
            case JsonValueKind.String when type.Kind == SchemaKind.Bytes: return TryWriteBytes(ref writer, value);
            case JsonValueKind.String when type.Kind != SchemaKind.Bool: return ScalarText.TryWrite(ref writer, type, TextOf(value));
            default: return false;
        }
    }

    private static bool TryWriteNumber(ref MessagePackWriter writer, SchemaType type, JsonElement value)
    {
        switch (type.Kind)
        {
            case SchemaKind.Integer:
                return TryGetInteger(value, out Int128 integer) && ScalarText.TryWriteInteger(ref writer, type.Name, integer);
            case SchemaKind.Float: return ScalarText.TryWriteFloat(ref writer, type.Name, value.GetRawText());
            case SchemaKind.Decimal: return ScalarText.TryWriteDecimal(ref writer, value.GetRawText());
            case SchemaKind.Char when value.TryGetUInt16(out ushort unit): writer.Write((char)unit); return true;
            default:
                Int128? whole = TryGetInteger(value, out Int128 number) ? number : null;
                return LibraryText.TryWriteNumber(ref writer, type.Kind, value.GetRawText(), whole);
        }
    }

    private bool TryWriteBytes(ref MessagePackWriter writer, JsonElement value)
    {
        try
        {
            if (!value.TryGetBytesFromBase64(out byte[]? bytes)) return false;
            writer.Write(bytes);
            return true;
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode("the text");
        }
    }

    private bool TryWriteEnum(ref MessagePackWriter writer, SchemaEnum definition, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return TryWriteEnum(ref writer, definition, TextOf(value));
        return value.ValueKind == JsonValueKind.Number && TryGetInteger(value, out Int128 number)
            && ScalarText.TryWriteInteger(ref writer, definition.Underlying, number);
    }

    private static bool TryWriteEnum(ref MessagePackWriter writer, SchemaEnum definition, string text)
    {
        return (definition.TryGetValue(text, out Int128 value) || ScalarText.TryParseInteger(text, out value))
            && ScalarText.TryWriteInteger(ref writer, definition.Underlying, value);
    }

    /// <summary>A number without a fraction, however it is written: 100, 1e2 and 100.0 are the same number.</summary>
    private static bool TryGetInteger(JsonElement value, out Int128 integer)
    {
        integer = 0;
        if (value.TryGetInt64(out long signed))
        {
            integer = signed;
            return true;
        }

        if (value.TryGetUInt64(out ulong unsigned))
        {
            integer = unsigned;
            return true;
        }

        if (!value.TryGetDecimal(out decimal number) || number != decimal.Truncate(number)) return false;
        integer = (Int128)number;
        return true;
    }

    private string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode("the text");
        }
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode("a name");
        }
    }

    private TranscodingException NotUnicode(string what) =>
        new($"{At()}{what} is not valid Unicode: half of a surrogate pair, or bytes that are not UTF-8.");

    private TranscodingException Unexpected(SchemaType type, JsonElement value, string? expected = null) =>
        new($"{At()}expected {expected ?? Expected(type)}, got {Describe(value)}.");

    private string Expected(SchemaType type)
    {
        string text = NameList.Shorten(type.ToString());
        return type.Kind switch
        {
            SchemaKind.Bytes => $"{text} (base64)",
            SchemaKind.Guid => $"{text} (such as \"00112233-4455-6677-8899-aabbccddeeff\")",
            SchemaKind.DateTime => $"{text} (such as \"2024-02-29T12:34:56Z\")",
            SchemaKind.DateTimeOffset => $"{text} (such as \"2024-02-29T12:34:56+01:00\")",
            SchemaKind.TimeSpan => $"{text} (such as \"1.02:03:04.5\" for days, hours, minutes, seconds)",
            SchemaKind.Date => $"{text} (such as \"2024-02-29\")",
            SchemaKind.Time => $"{text} (such as \"12:34:56.789\")",
            SchemaKind.Version => $"{text} (such as \"1.2.3\")",
            SchemaKind.Index => $"{text} (such as \"3\", or \"^1\" from the end)",
            SchemaKind.Range => $"{text} (such as \"1..^2\")",
            SchemaKind.Rune => $"{text} (one character)",
            SchemaKind.Named when schema.Types[type.Name] is SchemaEnum definition =>
                $"{text} ({NameList.Of(definition.Values.Select(static value => value.Name))}, or a number)",
            SchemaKind.Named when schema.Types[type.Name] is SchemaUnion definition =>
                $"{text} (an object with one of {NameList.Of(definition.Cases.Select(definition.LabelOf))})",
            _ => text,
        };
    }

    /// <summary>The path with a colon, or nothing at the root.</summary>
    private string At()
    {
        string path = _path.ToString();
        return path.Length == 0 ? "" : $"{path}: ";
    }

    private static string Describe(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object) return "an object";
        if (value.ValueKind == JsonValueKind.Array) return $"an array of {value.GetArrayLength()}";
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.Length <= MaxFound) return Encoding.UTF8.GetString(raw);

        // Not in the middle of a character.
        int end = MaxFound;
        while (end > 0 && (raw[end] & 0xC0) == 0x80) end--;
        return Encoding.UTF8.GetString(raw[..end]) + "...";
    }
}
