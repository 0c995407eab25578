using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Codec.Json;

/// <summary>The types that System.Text.Json has no form of its own for, in the forms that the generic client has.</summary>
internal static class JsonConverters
{
    /// <summary>More digits take time that grows faster than their number.</summary>
    private const int MaxDigits = 10_000;

    private static readonly JsonConverter[] s_all =
    [
        new JsonTextConverter<BigInteger>("an integer of at most 10,000 digits", Digits, TryParseInteger, isNumber: true),
        new JsonTextConverter<Rune>("one character", static value => value.ToString(), TryParseRune),
        new JsonTextConverter<Index>("an index such as 3 or ^1", static value => value.ToString(), TryParseIndex),
        new JsonTextConverter<Range>("a range such as 1..^2", static value => value.ToString(), TryParseRange),
        new JsonTextConverter<StringBuilder>("a text", static value => value.ToString(), TryParseBuilder),
        new JsonBitsConverter(),
        new JsonNumbersConverter<Complex>(
            2, static (v, n) => (n[0], n[1]) = (v.Real, v.Imaginary), static n => new Complex(n[0], n[1]), isSingle: false),
        new JsonNumbersConverter<Vector2>(
            2, static (v, n) => (n[0], n[1]) = (v.X, v.Y), static n => new Vector2(F(n, 0), F(n, 1)), isSingle: true),
        new JsonNumbersConverter<Vector3>(
            3, static (v, n) => (n[0], n[1], n[2]) = (v.X, v.Y, v.Z), static n => new Vector3(F(n, 0), F(n, 1), F(n, 2)), isSingle: true),
        new JsonNumbersConverter<Vector4>(
            4, static (v, n) => (n[0], n[1], n[2], n[3]) = (v.X, v.Y, v.Z, v.W),
            static n => new Vector4(F(n, 0), F(n, 1), F(n, 2), F(n, 3)), isSingle: true),
        new JsonNumbersConverter<Quaternion>(
            4, static (v, n) => (n[0], n[1], n[2], n[3]) = (v.X, v.Y, v.Z, v.W),
            static n => new Quaternion(F(n, 0), F(n, 1), F(n, 2), F(n, 3)), isSingle: true),
    ];

    /// <summary>All of them; they have no state.</summary>
    public static IReadOnlyList<JsonConverter> All => s_all;

    /// <summary>Reads an index: a number, with ^ before it from the end.</summary>
    public static bool TryParseIndex(string text, out Index index) => TryParseIndex(text.AsSpan(), out index);

    /// <summary>Reads a range: two indexes with two points between them.</summary>
    public static bool TryParseRange(string text, out Range range)
    {
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        range = default;
        if (dots < 0 || !TryParseIndex(text.AsSpan(0, dots), out Index start) || !TryParseIndex(text.AsSpan(dots + 2), out Index end))
        {
            return false;
        }

        range = new Range(start, end);
        return true;
    }

    /// <summary>Reads one character, which may be two UTF-16 units.</summary>
    public static bool TryParseRune(string text, out Rune rune) =>
        Rune.DecodeFromUtf16(text, out rune, out int used) == OperationStatus.Done && used == text.Length;

    /// <summary>Reads an integer of any size, but not of any number of digits.</summary>
    public static bool TryParseInteger(string text, out BigInteger value)
    {
        value = default;
        return text.Length <= MaxDigits
            && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryParseIndex(ReadOnlySpan<char> text, out Index index)
    {
        bool isFromEnd = text.StartsWith('^');
        bool parsed = int.TryParse(text[(isFromEnd ? 1 : 0)..], NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        index = parsed ? new Index(value, isFromEnd) : default;
        return parsed;
    }

    private static bool TryParseBuilder(string text, out StringBuilder value)
    {
        value = new StringBuilder(text);
        return true;
    }

    private static string Digits(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);

    private static float F(ReadOnlySpan<double> numbers, int index) => (float)numbers[index];
}
