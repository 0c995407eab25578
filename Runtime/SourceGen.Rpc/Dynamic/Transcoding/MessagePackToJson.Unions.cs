using System.Globalization;
using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Unions, and what a custom serializer wrote, whose form only that knows.</summary>
internal sealed partial class MessagePackToJson
{
    private void CopyUnion(ref MessagePackReader reader, SchemaUnion definition, Utf8JsonWriter json, TranscodingPath path)
    {
        reader.Enter();
        int count = reader.ReadArrayHeader();
        if (count != 2) throw new RpcSerializationException($"Expected an array of a tag and a case but found one of {count}.");
        int tag = reader.ReadInt32();
        SchemaCase? @case = definition.Find(tag);
        string label = @case is null ? tag.ToString(CultureInfo.InvariantCulture) : definition.LabelOf(@case);
        path.Enter(label);
        json.WriteStartObject();
        json.WritePropertyName(label);

        // A case of a later version of the union has a tag and a form, if no name.
        if (@case is null) CopyAny(ref reader, json, path);
        else Copy(ref reader, @case.Type, json, path);
        json.WriteEndObject();
        path.Leave();
        reader.Leave();
    }

    /// <summary>Copies a value as it looks; what has no like in JSON, as its bytes.</summary>
    private void CopyAny(ref MessagePackReader reader, Utf8JsonWriter json, TranscodingPath path)
    {
        byte code = reader.NextCode;
        switch (code)
        {
            case MessagePackFormat.Nil when reader.TryReadNil(): json.WriteNullValue(); break;
            case MessagePackFormat.True or MessagePackFormat.False: json.WriteBooleanValue(reader.ReadBoolean()); break;
            case <= MessagePackFormat.MaxPositiveFixInt:
            case MessagePackFormat.UInt8 or MessagePackFormat.UInt16 or MessagePackFormat.UInt32 or MessagePackFormat.UInt64:
                json.WriteNumberValue(reader.ReadUInt64());
                break;
            case >= MessagePackFormat.MinNegativeFixInt:
            case MessagePackFormat.Int8 or MessagePackFormat.Int16 or MessagePackFormat.Int32 or MessagePackFormat.Int64:
                json.WriteNumberValue(reader.ReadInt64());
                break;
            case MessagePackFormat.Float32: CopySingle(reader.ReadSingle(), json); break;
            case MessagePackFormat.Float64: CopyDouble(reader.ReadDouble(), json); break;
            case >= MessagePackFormat.FixStr and < MessagePackFormat.Nil:
            case MessagePackFormat.Str8 or MessagePackFormat.Str16 or MessagePackFormat.Str32:
                json.WriteStringValue(reader.ReadString());
                break;
            case MessagePackFormat.Bin8 or MessagePackFormat.Bin16 or MessagePackFormat.Bin32:
                json.WriteBase64StringValue(reader.ReadBytes());
                break;
            case >= MessagePackFormat.FixArray and < MessagePackFormat.FixStr:
            case MessagePackFormat.Array16 or MessagePackFormat.Array32:
                CopyAnyArray(ref reader, json, path);
                break;
            case >= MessagePackFormat.FixMap and < MessagePackFormat.FixArray:
            case MessagePackFormat.Map16 or MessagePackFormat.Map32:
                CopyAnyMap(ref reader, json, path);
                break;
            default:
                RawBuffer raw = new();
                reader.SkipInto(raw);
                json.WriteStartObject();
                json.WriteBase64String("messagepack"u8, raw.Written);
                json.WriteEndObject();
                break;
        }
    }

    private void CopyAnyArray(ref MessagePackReader reader, Utf8JsonWriter json, TranscodingPath path)
    {
        reader.Enter();
        int count = reader.ReadArrayHeader();
        json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            path.Enter(i);
            CopyAny(ref reader, json, path);
            path.Leave();
        }

        json.WriteEndArray();
        reader.Leave();
    }

    /// <summary>An object if the keys are text, of which the first has to tell; otherwise an array of pairs.</summary>
    private void CopyAnyMap(ref MessagePackReader reader, Utf8JsonWriter json, TranscodingPath path)
    {
        reader.Enter();
        int count = reader.ReadMapHeader();
        bool byName = count == 0 || reader.NextCode is (>= MessagePackFormat.FixStr and < MessagePackFormat.Nil)
            or MessagePackFormat.Str8 or MessagePackFormat.Str16 or MessagePackFormat.Str32;
        if (byName) json.WriteStartObject();
        else json.WriteStartArray();
        for (int i = 0; i < count; i++)
        {
            path.Enter(i);
            if (byName)
            {
                json.WritePropertyName(reader.ReadString() ?? throw new RpcSerializationException("A key is nil."));
            }
            else
            {
                json.WriteStartArray();
                CopyAny(ref reader, json, path);
            }

            CopyAny(ref reader, json, path);
            if (!byName) json.WriteEndArray();
            path.Leave();
        }

        if (byName) json.WriteEndObject();
        else json.WriteEndArray();
        reader.Leave();
    }
}
