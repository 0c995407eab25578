using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Codec.Json;

/// <summary>Bits: an array of booleans.</summary>
internal sealed class JsonBitsConverter : JsonConverter<BitArray>
{
    public override BitArray Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected an array of booleans.");
        List<bool> bits = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False)) throw new JsonException("Expected a boolean.");
            bits.Add(reader.TokenType == JsonTokenType.True);
        }

        return new BitArray([.. bits]);
    }

    public override void Write(Utf8JsonWriter writer, BitArray value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (int i = 0; i < value.Length; i++) writer.WriteBooleanValue(value[i]);
        writer.WriteEndArray();
    }
}
