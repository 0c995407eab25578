using System.Text.Json;
using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Codec.Json;

/// <summary>Writes the numbers of a value.</summary>
internal delegate void GetNumbers<T>(T value, Span<double> numbers);

/// <summary>Makes a value of its numbers.</summary>
internal delegate T FromNumbers<out T>(ReadOnlySpan<double> numbers);

/// <summary>A type that is nothing but its numbers: an array of them.</summary>
/// <param name="count">How many there are.</param>
/// <param name="get">Gets them.</param>
/// <param name="make">Makes a value of them.</param>
/// <param name="isSingle">Whether they have the precision of a float.</param>
internal sealed class JsonNumbersConverter<T>(int count, GetNumbers<T> get, FromNumbers<T> make, bool isSingle) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw NotThatMany();
        Span<double> numbers = stackalloc double[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number) throw NotThatMany();
            numbers[i] = isSingle ? reader.GetSingle() : reader.GetDouble();
        }

        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw NotThatMany();
        return make(numbers);
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        Span<double> numbers = stackalloc double[count];
        get(value, numbers);
        writer.WriteStartArray();
        foreach (double number in numbers)
        {
            if (isSingle) writer.WriteNumberValue((float)number);
            else writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private JsonException NotThatMany() => new($"Expected an array of {count} numbers.");
}
