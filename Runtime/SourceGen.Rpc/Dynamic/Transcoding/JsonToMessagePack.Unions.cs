using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>Unions, and what a custom serializer reads, whose form only that knows.</summary>
internal sealed partial class JsonToMessagePack
{
    private void WriteUnion(ref MessagePackWriter writer, SchemaType type, SchemaUnion definition, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Unexpected(type, value);
        using JsonElement.ObjectEnumerator properties = value.EnumerateObject();
        if (!properties.MoveNext()) throw Unexpected(type, value);
        JsonProperty property = properties.Current;
        string label = NameOf(property);
        if (properties.MoveNext())
        {
            throw new TranscodingException(
                $"{At()}expected one case of {NameList.Shorten(definition.Name)}, got '{NameList.Shorten(label)}' and others.");
        }

        SchemaCase @case = definition.Find(label) ?? throw new TranscodingException(
            $"{At()}{NameList.Shorten(definition.Name)} has no case '{NameList.Shorten(label)}'; it has "
            + $"{NameList.Of(definition.Cases.Select(definition.LabelOf))}.");
        writer.Enter();
        writer.WriteArrayHeader(2);
        writer.Write(@case.Tag);
        _path.Enter(label);
        Write(ref writer, @case.Type, property.Value);
        _path.Leave();
        writer.Leave();
    }

    /// <summary>Writes JSON as it looks: a number without a fraction as an integer if it fits one, an object as a map.</summary>
    private void WriteAny(ref MessagePackWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False: writer.Write(value.ValueKind == JsonValueKind.True); break;
            case JsonValueKind.String: writer.Write(TextOf(value)); break;
            case JsonValueKind.Number: WriteAnyNumber(ref writer, value); break;
            case JsonValueKind.Array:
                writer.Enter();
                writer.WriteArrayHeader(value.GetArrayLength());
                foreach (JsonElement element in value.EnumerateArray()) WriteAny(ref writer, element);
                writer.Leave();
                break;
            case JsonValueKind.Object:
                writer.Enter();
                int count = 0;
                foreach (JsonProperty _ in value.EnumerateObject()) count++;
                writer.WriteMapHeader(count);
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    writer.Write(NameOf(property));
                    WriteAny(ref writer, property.Value);
                }

                writer.Leave();
                break;
            default: writer.WriteNil(); break;
        }
    }

    private void WriteAnyNumber(ref MessagePackWriter writer, JsonElement value)
    {
        if (value.TryGetInt64(out long signed)) writer.Write(signed);
        else if (value.TryGetUInt64(out ulong unsigned)) writer.Write(unsigned);
        else if (value.TryGetDouble(out double number) && double.IsFinite(number)) writer.Write(number);
        else throw new TranscodingException($"{At()}expected a number that a double holds, got {Describe(value)}.");
    }
}
