using SourceGen.Rpc.Codec.Tests.Support;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.MessagePack;

namespace SourceGen.Rpc.Codec.Tests.Interop;

/// <summary>
/// A value, and its canonical form that all implementations can state: JSON in which every value carries its kind, i an integer, f the bits
/// of a double, s text, b bytes, t seconds and nanoseconds, x an extension, m a map's entries; nil, booleans and arrays are JSON's own.
/// </summary>
internal abstract partial class InteropCase(string name, string canonical)
{
    public static List<InteropCase> All { get; } = [.. Scalars(), .. Texts(), .. Times(), .. Containers(), .. LibraryScalars(), .. LibraryCollections(), .. Unknown()];

    public string Name => name;

    public string Canonical => canonical;

    /// <summary>How JavaScript sees it, where that differs: it has no whole floats.</summary>
    public string? InJavaScript { get; init; }

    /// <summary>JavaScript's objects have text keys only, so it cannot write other maps.</summary>
    public bool NotWrittenByJavaScript { get; init; }

    public abstract byte[] Encode();

    /// <summary>Reads what a peer wrote, and compares it with the value.</summary>
    public abstract void AssertReads(byte[] data);

    private static IEnumerable<InteropCase> Scalars()
    {
        yield return Of("nil", "null", Shapes.String, null);
        yield return Of("false", "false", Shapes.Bool, false);
        yield return Of("true", "true", Shapes.Bool, true);
        long[] positive = [0, 1, 127, 128, 255, 256, 65535, 65536, uint.MaxValue, 1L << 32, (1L << 53) - 1, 1L << 53, long.MaxValue];
        long[] negative = [-1, -32, -33, -128, -129, -32768, -32769, int.MinValue, int.MinValue - 1L, -(1L << 53), long.MinValue];
        foreach (long value in positive.Concat(negative))
        {
            yield return Of($"integer {value}", $$"""{"i":"{{value}}"}""", Shapes.Int64, value);
        }

        yield return Of("uint64", """{"i":"18446744073709551615"}""", Shapes.UInt64, ulong.MaxValue);
        yield return Of("byte", """{"i":"200"}""", Shapes.Byte, (byte)200);
        yield return Of("char", """{"i":"19990"}""", Shapes.Char, '世');
        yield return Of("float32", """{"f":"3ff8000000000000"}""", Shapes.Single, 1.5f);
        yield return Of("float64", """{"f":"3fb999999999999a"}""", Shapes.Double, 0.1);
        yield return Of("float64 whole", """{"f":"4000000000000000"}""", Shapes.Double, 2d, javaScript: """{"i":"2"}""");
        yield return Of("float64 largest", """{"f":"7fefffffffffffff"}""", Shapes.Double, double.MaxValue);
        yield return Of("float64 smallest", """{"f":"0000000000000001"}""", Shapes.Double, double.Epsilon);
        yield return Of("float64 infinity", """{"f":"fff0000000000000"}""", Shapes.Double, double.NegativeInfinity);
        yield return Of("float64 NaN", """{"f":"nan"}""", Shapes.Double, double.NaN);
        yield return Of("TimeSpan", """{"i":"937840500000"}""", Shapes.TimeSpan, new TimeSpan(1, 2, 3, 4, 50));
    }

    private static IEnumerable<InteropCase> Texts()
    {
        yield return Of("text empty", """{"s":""}""", Shapes.String, "");
        yield return Of("text of all widths", """{"s":"a\u00e9\u4e16\ud83d\ude00"}""", Shapes.String, "aé世😀");
        yield return Of("text with control characters", """{"s":"\u0000\n\u007f\""}""", Shapes.String, "\0\n\u007f\"");
        foreach (int length in (int[])[31, 32, 255, 256, 65535, 65536])
        {
            string text = new('t', length);
            yield return Of($"text of {length}", $$"""{"s":"{{text}}"}""", Shapes.String, text);
        }

        yield return Of("decimal", """{"s":"-12345.6780"}""", Shapes.Decimal, -12345.6780m);
        yield return Of(
            "Guid", """{"s":"00112233-4455-6677-8899-aabbccddeeff"}""", Shapes.Guid, new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        foreach (int length in (int[])[0, 1, 255, 256, 65535, 65536])
        {
            byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(255 - i))];
            yield return Of($"bytes of {length}", $$"""{"b":"{{WireBytes.Hex(bytes)}}"}""", Shapes.Bytes, bytes);
        }
    }

    private static IEnumerable<InteropCase> Times()
    {
        yield return Of("timestamp 32", """{"t":"1709210096.000000000"}""", Shapes.DateTime, DateTime.UnixEpoch.AddSeconds(1709210096));
        yield return Of(
            "timestamp 64", """{"t":"1709210096.123456700"}""", Shapes.DateTime, DateTime.UnixEpoch.AddTicks(17092100961234567));
        yield return Of(
            "timestamp 64 in 2106", """{"t":"4294967296.000000000"}""", Shapes.DateTime, DateTime.UnixEpoch.AddSeconds(1L << 32));
        yield return Of(
            "timestamp 96 in 2514", """{"t":"17179869184.000000000"}""", Shapes.DateTime, DateTime.UnixEpoch.AddSeconds(1L << 34));
        yield return Of("timestamp 96 before 1970", """{"t":"-1.999999900"}""", Shapes.DateTime, DateTime.UnixEpoch.AddTicks(-1));
        yield return Of("timestamp of year 1", """{"t":"-62135596800.000000000"}""", Shapes.DateTime, DateTime.MinValue);
        yield return Of("timestamp of year 9999", """{"t":"253402300799.999999900"}""", Shapes.DateTime, DateTime.MaxValue);
        yield return Of(
            "DateTimeOffset",
            """[{"t":"1709210096.000000000"},{"i":"-330"}]""",
            Shapes.DateTimeOffset,
            new DateTimeOffset(DateTime.UnixEpoch.AddSeconds(1709210096).Ticks, TimeSpan.FromMinutes(-330)));
    }

    private static IEnumerable<InteropCase> Containers()
    {
        yield return Of("array empty", "[]", Shapes.Array(Shapes.Int32), []);
        foreach (int count in (int[])[15, 16, 65535, 65536])
        {
            string ones = string.Join(',', Enumerable.Repeat("""{"i":"1"}""", count));
            yield return Of($"array of {count}", $"[{ones}]", Shapes.Array(Shapes.Int32), [.. Enumerable.Repeat(1, count)]);
        }

        yield return Of("array of nullable", """[{"i":"1"},null]""", Shapes.Array(Shapes.Nullable(Shapes.Int32)), [1, null]);
        yield return Of(
            "array of arrays", """[[{"b":"01"},null],[],null]""", Shapes.Array(Shapes.Array(Shapes.Bytes)), [[[1], null], [], null]);
        yield return Of(
            "tuple",
            """[{"s":"a"},[{"i":"1"},true]]""",
            Shapes.Pair(Shapes.String, Shapes.Pair(Shapes.Int32, Shapes.Bool)),
            ("a", (1, true)));
        yield return Of("map empty", """{"m":[]}""", Shapes.Map(Shapes.Key, Shapes.Int32), []);
        foreach (int count in (int[])[15, 16, 65536])
        {
            string entries = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""[{"s":"k{{i}}"},{"i":"0"}]"""));
            yield return Of(
                $"map of {count}",
                $$"""{"m":[{{entries}}]}""",
                Shapes.Map(Shapes.Key, Shapes.Int32),
                Enumerable.Range(0, count).ToDictionary(i => $"k{i}", _ => 0));
        }

        yield return Of(
            "map by number",
            """{"m":[[{"i":"-5"},{"s":"a"}],[{"i":"70000"},null]]}""",
            Shapes.Map(Shapes.Int32, Shapes.String),
            new() { [-5] = "a", [70000] = null },
            textKeys: false);
        yield return Of(
            "map by tuple",
            """{"m":[[[{"i":"1"},true],{"s":"a"}]]}""",
            Shapes.Map(Shapes.Pair(Shapes.Int32, Shapes.Bool), Shapes.String),
            new() { [(1, true)] = "a" },
            textKeys: false);
        yield return Of(
            "objects in objects",
            """{"m":[[{"s":"Name"},{"s":"Ann"}],[{"s":"Age"},{"i":"30"}],[{"s":"Friends"},""" +
            """[{"m":[[{"s":"Name"},null],[{"s":"Age"},{"i":"-1"}],[{"s":"Friends"},null]]}]]]}""",
            Person.Shape,
            new Person("Ann", 30, [new Person(null, -1, null)]));
    }

    private static IEnumerable<InteropCase> Unknown()
    {
        // Extensions that nobody here knows are skipped, as unknown members are.
        foreach ((int type, string content, string header) in ((int, string, string)[])
            [(5, "01", "d405"), (6, "0102", "d506"), (5, "01020304", "d605"), (0, "0102030405060708", "d700"),
            (9, new string('a', 32), "d809"),
            (127, "010203", "c7037f"), (5, new string('b', 600), "c8012c05")])
        {
            TypeShape<int> skipped = new((ref w, in _) => w.WriteRaw(WireBytes.Hex(header + content)), Skip);
            yield return Of($"extension {type} of {content.Length / 2}", $$"""{"x":["{{type}}","{{content}}"]}""", skipped, 0);
        }

        static int Skip(ref MessagePackReader reader)
        {
            reader.Skip();
            return 0;
        }
    }

    private static InteropCase Of<T>(
        string name, string canonical, TypeShape<T> shape, T value, string? javaScript = null, bool textKeys = true) =>
        new Typed<T>(name, canonical, shape, value) { InJavaScript = javaScript, NotWrittenByJavaScript = !textKeys };

    private sealed class Typed<T>(string name, string canonical, TypeShape<T> shape, T value) : InteropCase(name, canonical)
    {
        public override byte[] Encode() => WireBytes.Encode(shape, value);

        public override void AssertReads(byte[] data)
        {
            T read = WireBytes.Decode(shape, data);

            // Which bits a NaN has is the peer's choice; all other values are compared by what they are written as, because records
            // that hold lists are not equal by value.
            if (value is double number) Assert.Equal(number, Assert.IsType<double>(read));
            else Assert.Equal(WireBytes.Hex(Encode()), WireBytes.Hex(WireBytes.Encode(shape, read)));
        }
    }
}
