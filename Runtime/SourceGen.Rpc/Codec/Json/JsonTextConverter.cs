using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Codec.Json;

/// <summary>Gets a value from its text.</summary>
/// <returns>Whether the text is a value.</returns>
internal delegate bool TryParseText<T>(string text, out T value);

/// <summary>A type whose JSON form is a text, or a number that is written as its digits.</summary>
/// <param name="expected">What the text is, for messages.</param>
/// <param name="write">The text of a value.</param>
/// <param name="parse">The value of a text.</param>
/// <param name="isNumber">Whether the text stands in JSON as a number.</param>
internal sealed class JsonTextConverter<T>(string expected, Func<T, string> write, TryParseText<T> parse, bool isNumber = false)
    : JsonConverter<T>
    where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        bool fits = reader.TokenType == JsonTokenType.String || (isNumber && reader.TokenType == JsonTokenType.Number);
        if (!fits) throw new JsonException($"Expected {expected} but found {reader.TokenType}.");
        string text = reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        return Parse(text);
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (isNumber) writer.WriteRawValue(write(value), skipInputValidation: true);
        else writer.WriteStringValue(write(value));
    }

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(write(value));

    private T Parse(string text) => parse(text, out T value) ? value : throw new JsonException($"The text is not {expected}.");
}
