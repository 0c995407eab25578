using System.Buffers;
using System.Collections;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SourceGen.Rpc.Codec.Tests.Golden;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests;

/// <summary>The types of the class library in the JSON codec: as System.Text.Json has them, with our converters, or refused.</summary>
public sealed partial class JsonLibraryTests
{
    private static readonly JsonCodec _plain = new(LibraryJson.Default);
    private static readonly JsonSerializerOptions _options = WithConverters();
    private static readonly JsonCodec _codec = new(_options);

    [Fact]
    public void What_JSON_has_a_form_for_comes_back_without_converters()
    {
        AssertRoundTrip(_plain, (Half)1.5, "1.5");
        AssertRoundTrip(_plain, Int128.MinValue, "-170141183460469231731687303715884105728");
        AssertRoundTrip(_plain, UInt128.MaxValue, "340282366920938463463374607431768211455");
        AssertRoundTrip(_plain, new DateOnly(2024, 2, 29), "\"2024-02-29\"");
        AssertRoundTrip(_plain, new TimeOnly(12, 34, 56), "\"12:34:56\"");
        AssertRoundTrip(_plain, new Version(1, 2, 3), "\"1.2.3\"");
        AssertRoundTrip(_plain, new Uri("a/b", UriKind.Relative), "\"a/b\"");
        AssertRoundTrip(_plain, new Queue<int>([1, 2]), "[1,2]");
        Assert.Equal([1, 2], Decode<System.Collections.Immutable.ImmutableArray<int>>(_plain, "[1,2]").AsEnumerable());
    }

    [Fact]
    public void What_JSON_has_no_form_for_comes_back_with_the_codecs_converters()
    {
        AssertRoundTrip(_codec, BigInteger.Pow(10, 30), "1000000000000000000000000000000");
        AssertRoundTrip(_codec, new Complex(1.5, -2), "[1.5,-2]");
        AssertRoundTrip(_codec, new Rune(0x1F600), "\"\\uD83D\\uDE00\"");
        AssertRoundTrip(_codec, ^1, "\"^1\"", "\"\\u005E1\"");
        AssertRoundTrip(_codec, 1..^2, "\"1..^2\"", "\"1..\\u005E2\"");
        AssertRoundTrip(_codec, new Vector2(1, 0.1f), "[1,0.1]");
        AssertRoundTrip(_codec, new Vector3(1, 2, 3), "[1,2,3]");
        AssertRoundTrip(_codec, new Vector4(1, 2, 3, 4), "[1,2,3,4]");
        AssertRoundTrip(_codec, new Quaternion(1, 2, 3, 4), "[1,2,3,4]");
        Assert.Equal("[true,false]", Encode(_codec, new BitArray([true, false])));
        Assert.Equal([true, false], Decode<BitArray>(_codec, "[true,false]").Cast<bool>());
        Assert.Equal("\"abc\"", Encode(_codec, new StringBuilder("abc")));
        Assert.Equal("abc", Decode<StringBuilder>(_codec, "\"abc\"").ToString());
        Assert.Equal(new BigInteger(5), Decode<BigInteger>(_codec, "\"5\""));

        Dictionary<BigInteger, Rune> map = new() { [7] = new Rune('x') };
        string json = JsonSerializer.Serialize(map, _options.GetTypeInfo(typeof(Dictionary<BigInteger, Rune>)));
        Assert.Equal("""{"7":"x"}""", json);
        Assert.Equal(map, JsonSerializer.Deserialize(json, _options.GetTypeInfo(typeof(Dictionary<BigInteger, Rune>))));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("[1,2,3]")]
    [InlineData("[1,\"2\"]")]
    [InlineData("{}")]
    [InlineData("1")]
    public void Numbers_that_are_not_as_many_are_an_error(string json)
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(() => Decode<Complex>(_codec, json));

        Assert.Contains("an array of 2 numbers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_value_is_an_error()
    {
        foreach (string json in (string[])["\"1..\"", "\"..\"", "\"1\"", "\"-1..2\"", "5", "\"1..2..3\""]) AssertRefused<Range>(json);
        foreach (string json in (string[])["\"ab\"", "\"\"", "5"]) AssertRefused<Rune>(json);
        foreach (string json in (string[])["\"^\"", "\"^-1\"", "\"2147483648\"", "true"]) AssertRefused<Index>(json);
        foreach (string json in (string[])["1.5", "\"x\"", "null", $"\"{new string('1', 10_001)}\""]) AssertRefused<BigInteger>(json);
        foreach (string json in (string[])["[1]", "true"]) AssertRefused<BitArray>(json);

        static void AssertRefused<T>(string json) => Assert.Throws<RpcSerializationException>(() => Decode<T>(_codec, json));
    }

    [Fact]
    public void What_would_be_lost_without_a_word_is_refused_when_it_is_bound()
    {
        AssertRefused<BigInteger>(_plain, "System.Numerics.BigInteger", "JsonCodec.AddConverters(options)");
        AssertRefused<Complex>(_plain, "System.Numerics.Complex", "would lose its value");
        AssertRefused<Rune>(_plain, "System.Text.Rune", "would lose its value");
        AssertRefused<Range>(_plain, "System.Range", "would lose its value");
        AssertRefused<StringBuilder>(_plain, "System.Text.StringBuilder", "would lose its value");
        AssertRefused<PriorityQueue<string, int>>(_codec, "PriorityQueue<System.String, System.Int32>", "Use an array or a List<T>");
        AssertRefused<Stack<int>>(_codec, "System.Collections.Generic.Stack<System.Int32>", "upside down");

        static void AssertRefused<T>(JsonCodec codec, string type, string reason)
        {
            NotSupportedException error = Assert.Throws<NotSupportedException>(() => codec.GetSerializer(GoldenShapes.Of<T>()));
            Assert.StartsWith("The JSON codec cannot serialize ", error.Message, StringComparison.Ordinal);
            Assert.Contains(type, error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_would_be_lost_is_found_within_other_types()
    {
        Assert.Contains(
            "Stack<System.Int32>",
            Assert.Throws<NotSupportedException>(() => _codec.GetSerializer(Shape<Holder<List<Stack<int>>>>())).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "System.Numerics.BigInteger",
            Assert.Throws<NotSupportedException>(() => _plain.GetSerializer(Shape<Holder<Dictionary<string, BigInteger[]>>>())).Message,
            StringComparison.Ordinal);

        var fine = _codec.GetSerializer(Shape<Holder<Dictionary<string, BigInteger[]>>>());
        ArrayBufferWriter<byte> output = new();
        fine.Serialize(output, new Holder<Dictionary<string, BigInteger[]>> { Value = new() { ["a"] = [1, 2] } });
        Assert.Equal("""{"Value":{"a":[1,2]},"Next":null}""", Encoding.UTF8.GetString(output.WrittenSpan));

        // What is computed, or left out, is not read.
        _plain.GetSerializer(Shape<Computing>());
        Assert.Throws<NotSupportedException>(() => _plain.GetSerializer(Shape<Positional>()));

        static CompilerServices.TypeShape<T> Shape<T>() => new((ref _, in _) => { }, static (ref _) => default!);
    }

    private static JsonSerializerOptions WithConverters()
    {
        JsonSerializerOptions options = new(LibraryJson.Default.Options);
        JsonCodec.AddConverters(options);
        return options;
    }

    private static void AssertRoundTrip<T>(JsonCodec codec, T value, params string[] forms)
    {
        string json = Encode(codec, value);
        Assert.Contains(json, forms);
        Assert.Equal(value, Decode<T>(codec, json));
    }

    private static string Encode<T>(JsonCodec codec, T value)
    {
        ArrayBufferWriter<byte> output = new();
        codec.GetSerializer(GoldenShapes.Of<T>()).Serialize(output, value);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static T Decode<T>(JsonCodec codec, string json) =>
        codec.GetSerializer(GoldenShapes.Of<T>()).Deserialize(new(Encoding.UTF8.GetBytes(json)));

    internal sealed class Holder<T>
    {
        public T? Value { get; set; }

        public Holder<T>? Next { get; set; }

        [JsonIgnore]
        public BigInteger Ignored { get; set; }
    }

    internal sealed record Positional(Range Where)
    {
        public Range Computed => Where;
    }

    internal sealed class Computing
    {
        public int Length { get; set; }

        public Range Computed => ..Length;
    }

    [JsonSerializable(typeof(Positional))]
    [JsonSerializable(typeof(Computing))]
    [JsonSerializable(typeof(Half))]
    [JsonSerializable(typeof(Int128))]
    [JsonSerializable(typeof(UInt128))]
    [JsonSerializable(typeof(DateOnly))]
    [JsonSerializable(typeof(TimeOnly))]
    [JsonSerializable(typeof(Version))]
    [JsonSerializable(typeof(Uri))]
    [JsonSerializable(typeof(Queue<int>))]
    [JsonSerializable(typeof(Stack<int>))]
    [JsonSerializable(typeof(System.Collections.Immutable.ImmutableArray<int>))]
    [JsonSerializable(typeof(BigInteger))]
    [JsonSerializable(typeof(Complex))]
    [JsonSerializable(typeof(Rune))]
    [JsonSerializable(typeof(Index))]
    [JsonSerializable(typeof(Range))]
    [JsonSerializable(typeof(BitArray))]
    [JsonSerializable(typeof(StringBuilder))]
    [JsonSerializable(typeof(Vector2))]
    [JsonSerializable(typeof(Vector3))]
    [JsonSerializable(typeof(Vector4))]
    [JsonSerializable(typeof(Quaternion))]
    [JsonSerializable(typeof(PriorityQueue<string, int>))]
    [JsonSerializable(typeof(Dictionary<BigInteger, Rune>))]
    [JsonSerializable(typeof(Holder<List<Stack<int>>>))]
    [JsonSerializable(typeof(Holder<Dictionary<string, BigInteger[]>>))]
    private sealed partial class LibraryJson : JsonSerializerContext;
}
