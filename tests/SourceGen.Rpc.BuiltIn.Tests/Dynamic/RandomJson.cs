using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>
/// Makes random JSON of a type, in exactly the form in which results are written, so that it must come back letter by letter.
/// </summary>
internal sealed class RandomJson(ContractSchema schema, Random random)
{
    private const int Deep = 4;

    private static readonly string[] Uris = ["https://example.com/a?b=c#d", "/rooted", "relative/ä", "urn:isbn:1", "", "//host/path"];

    private static readonly string[] Runes = ["a", "5", "é", "世", "😀", "\0", "\"", "\U0010ffff"];

    /// <summary>Where a type has no finite value within reason, such as one that contains itself.</summary>
    private const int TooDeep = 12;

    /// <summary>A value; null when the type has none that is finite.</summary>
    public byte[]? TryMake(SchemaType type)
    {
        ArrayBufferWriter<byte> bytes = new();
        using Utf8JsonWriter json = new(bytes, new JsonWriterOptions { SkipValidation = true });
        if (!TryWrite(json, type, 0)) return null;
        json.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    private bool TryWrite(Utf8JsonWriter json, SchemaType type, int depth)
    {
        if (type.IsNullable && (depth > Deep || random.Next(4) == 0))
        {
            json.WriteNullValue();
            return true;
        }

        if (depth > TooDeep) return false;
        switch (type.Kind)
        {
            case SchemaKind.List: return TryWriteList(json, type, depth);
            case SchemaKind.Map: return TryWriteMap(json, type, depth);
            case SchemaKind.Tuple: return TryWriteElements(json, type.Arguments, depth);
            case SchemaKind.Named when schema.Types[type.Name] is SchemaObject definition: return TryWriteObject(json, definition, depth);
            case SchemaKind.Named when schema.Types[type.Name] is SchemaUnion definition: return TryWriteUnion(json, definition, depth);
            case SchemaKind.Opaque:
                WriteAny(json, depth, first: 1);
                return true;
            default:
                WriteScalar(json, type);
                return true;
        }
    }

    private bool TryWriteUnion(Utf8JsonWriter json, SchemaUnion definition, int depth)
    {
        if (definition.Cases.Length == 0) return false;
        SchemaCase @case = definition.Cases[random.Next(definition.Cases.Length)];
        json.WriteStartObject();
        json.WritePropertyName(definition.LabelOf(@case));
        if (!TryWrite(json, @case.Type, depth + 1)) return false;
        json.WriteEndObject();
        return true;
    }

    /// <summary>What JSON and MessagePack have in common; a custom serializer itself never writes null.</summary>
    private void WriteAny(Utf8JsonWriter json, int depth, int first = 0)
    {
        switch (random.Next(first, depth > Deep ? 6 : 8))
        {
            case 0: json.WriteNullValue(); break;
            case 1: json.WriteBooleanValue(random.Next(2) == 0); break;
            case 2: json.WriteNumberValue(random.NextInt64(long.MinValue, long.MaxValue)); break;
            case 3: json.WriteNumberValue(ulong.MaxValue - (ulong)random.Next()); break;
            case 4: json.WriteNumberValue(random.NextDouble() + 0.5e-7); break;
            case 5: json.WriteStringValue(Text()); break;
            case 6:
                json.WriteStartArray();
                for (int count = random.Next(3); count > 0; count--) WriteAny(json, depth + 1);
                json.WriteEndArray();
                break;
            default:
                json.WriteStartObject();
                for (int count = random.Next(3); count > 0; count--)
                {
                    json.WritePropertyName($"{count}{Text()}");
                    WriteAny(json, depth + 1);
                }

                json.WriteEndObject();
                break;
        }
    }

    private bool TryWriteElements(Utf8JsonWriter json, IEnumerable<SchemaType?> types, int depth)
    {
        json.WriteStartArray();
        foreach (SchemaType? type in types)
        {
            if (type is null) json.WriteNullValue();
            else if (!TryWrite(json, type, depth + 1)) return false;
        }

        json.WriteEndArray();
        return true;
    }

    /// <summary>No element twice: the list may be a set.</summary>
    private bool TryWriteList(Utf8JsonWriter json, SchemaType type, int depth)
    {
        json.WriteStartArray();
        foreach (byte[] element in MakeDistinct(type.Arguments[0], depth)) json.WriteRawValue(element, skipInputValidation: true);
        json.WriteEndArray();
        return true;
    }

    private bool TryWriteMap(Utf8JsonWriter json, SchemaType type, int depth)
    {
        SchemaType keyType = type.Arguments[0] with { IsNullable = false };
        bool byName = ScalarText.CanBeName(keyType, schema);
        List<byte[]> keys = MakeDistinct(keyType, depth);
        if (byName) json.WriteStartObject();
        else json.WriteStartArray();
        foreach (byte[] key in keys)
        {
            if (byName)
            {
                using JsonDocument document = JsonDocument.Parse(key);
                JsonElement name = document.RootElement;
                json.WritePropertyName(name.ValueKind == JsonValueKind.String ? name.GetString()! : NameOf(keyType, name));
            }
            else
            {
                json.WriteStartArray();
                json.WriteRawValue(key, skipInputValidation: true);
            }

            if (!TryWrite(json, type.Arguments[1], depth + 1)) return false;
            if (!byName) json.WriteEndArray();
        }

        if (byName) json.WriteEndObject();
        else json.WriteEndArray();
        return true;
    }

    private static string NameOf(SchemaType type, JsonElement number) => (type.Kind, type.Name) switch
    {
        (SchemaKind.Float, "float16") => ScalarName.Of(Half.Parse(number.GetRawText(), CultureInfo.InvariantCulture)),
        (SchemaKind.Float, "float32") => ScalarName.Of(number.GetSingle()),
        (SchemaKind.Float, _) => ScalarName.Of(number.GetDouble()),
        _ => number.GetRawText(),
    };

    private List<byte[]> MakeDistinct(SchemaType type, int depth)
    {
        List<byte[]> made = [];
        HashSet<string> texts = [];
        for (int count = depth > Deep ? 0 : random.Next(4); count > 0; count--)
        {
            ArrayBufferWriter<byte> bytes = new();
            using Utf8JsonWriter json = new(bytes, new JsonWriterOptions { SkipValidation = true });
            if (!TryWrite(json, type, depth + 1)) break;
            json.Flush();
            if (texts.Add(Encoding.UTF8.GetString(bytes.WrittenSpan))) made.Add(bytes.WrittenSpan.ToArray());
        }

        return made;
    }

    private bool TryWriteObject(Utf8JsonWriter json, SchemaObject definition, int depth)
    {
        if (definition.IsArray) return TryWriteElements(json, definition.Slots!.Select(member => member?.Type), depth);
        json.WriteStartObject();
        foreach (SchemaMember member in definition.Members)
        {
            json.WritePropertyName(member.Key);
            if (!TryWrite(json, member.Type, depth + 1)) return false;
        }

        json.WriteEndObject();
        return true;
    }

    private void WriteScalar(Utf8JsonWriter json, SchemaType type)
    {
        switch (type.Kind)
        {
            case SchemaKind.Bool: json.WriteBooleanValue(random.Next(2) == 0); break;
            case SchemaKind.Integer: json.WriteRawValue(Integer(type.Name).ToString(CultureInfo.InvariantCulture)); break;
            case SchemaKind.Float when type.Name == "float16": WriteHalf(json); break;
            case SchemaKind.Float when type.Name == "float32": WriteSingle(json); break;
            case SchemaKind.Float: WriteDouble(json); break;
            case SchemaKind.Char: WriteChar(json); break;
            case SchemaKind.String: json.WriteStringValue(Text()); break;
            case SchemaKind.Bytes: json.WriteBase64StringValue(Bytes(random.Next(5))); break;
            case SchemaKind.Decimal: json.WriteNumberValue(Decimal()); break;
            case SchemaKind.Guid: json.WriteStringValue(new Guid(Bytes(16))); break;
            case SchemaKind.DateTime: json.WriteStringValue(Time()); break;
            case SchemaKind.DateTimeOffset: json.WriteStringValue(OffsetTime()); break;
            case SchemaKind.TimeSpan: json.WriteStringValue(Span().ToString("c")); break;
            case SchemaKind.Int128: json.WriteRawValue(Digits(((Int128)random.NextInt64() << 64) - random.NextInt64())); break;
            case SchemaKind.UInt128: json.WriteRawValue(Digits(UInt128.MaxValue >> random.Next(128))); break;
            case SchemaKind.BigInteger: json.WriteRawValue(Digits(new BigInteger(Bytes(random.Next(60))))); break;
            case SchemaKind.Date: json.WriteStringValue(Time().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
            case SchemaKind.Time: json.WriteStringValue(Time().ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)); break;
            case SchemaKind.Uri: json.WriteStringValue(Uris[random.Next(Uris.Length)]); break;
            case SchemaKind.Version: json.WriteStringValue(new Version(random.Next(), random.Next(9), random.Next(9)).ToString()); break;
            case SchemaKind.Index: json.WriteStringValue(AnyIndex().ToString()); break;
            case SchemaKind.Range: json.WriteStringValue(new Range(AnyIndex(), AnyIndex()).ToString()); break;
            case SchemaKind.Rune: json.WriteStringValue(Runes[random.Next(Runes.Length)]); break;
            default: WriteEnum(json, (SchemaEnum)schema.Types[type.Name]); break;
        }
    }

    private Int128 Integer(string word)
    {
        (Int128 min, Int128 max) = IntegerRange.Of(word);
        return random.Next(5) switch
        {
            0 => min,
            1 => max,
            2 => min + ((Int128)random.NextInt64() % (max - min + 1)),
            _ => Int128.Clamp(random.Next(-100, 300), min, max),
        };
    }

    private static string Digits(IFormattable integer) => integer.ToString(null, CultureInfo.InvariantCulture);

    private Index AnyIndex() => new(random.Next(2) == 0 ? random.Next(5) : random.Next(), fromEnd: random.Next(2) == 0);

    private void WriteHalf(Utf8JsonWriter json)
    {
        Half value = BitConverter.Int16BitsToHalf((short)random.Next(short.MinValue, short.MaxValue + 1));
        if (Half.IsFinite(value)) json.WriteRawValue(ScalarName.Of(value));
        else json.WriteStringValue(ScalarName.Of(value));
    }

    private void WriteSingle(Utf8JsonWriter json)
    {
        float value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        if (float.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(ScalarName.Of(value));
    }

    private void WriteDouble(Utf8JsonWriter json)
    {
        double value = random.Next(8) == 0 ? double.NaN : BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(ScalarName.Of(value));
    }

    private void WriteChar(Utf8JsonWriter json)
    {
        char value = (char)random.Next(char.MaxValue + 1);
        if (char.IsSurrogate(value)) json.WriteNumberValue((int)value);
        else json.WriteStringValue([value]);
    }

    private void WriteEnum(Utf8JsonWriter json, SchemaEnum definition)
    {
        (Int128 min, Int128 max) = IntegerRange.Of(definition.Underlying);
        Int128[] inRange = [.. definition.Values.Select(value => value.Value).Where(value => value >= min && value <= max)];
        Int128 value = inRange.Length > 0 && random.Next(2) == 0 ? inRange[random.Next(inRange.Length)] : Integer(definition.Underlying);
        if (definition.NameOf(value) is { } name) json.WriteStringValue(name);
        else json.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(8) switch
    {
        0 => "\"",
        1 => "\\",
        2 => "\0",
        3 => "😀",
        4 => "日",
        5 => "<é>",
        _ => "abc",
    }));

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private decimal Decimal() => new(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29));

    private TimeSpan Span() => new(random.NextInt64(long.MinValue, long.MaxValue));

    private DateTime Time() => new(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    private DateTimeOffset OffsetTime() => new(
        random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
            TimeSpan.FromMinutes(random.Next(-840, 841)));
}
