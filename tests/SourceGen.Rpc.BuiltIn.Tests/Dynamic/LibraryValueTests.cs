using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>The scalars of the class library from JSON and back: every form that is taken, and what is not.</summary>
public sealed class LibraryValueTests
{
    private static readonly ContractSchema s_schema = ContractSchema.Parse("service \"S\"\n");

    [Theory]
    [InlineData("float16", "1.5", "ca3fc00000", "1.5")]
    [InlineData("float16", "\"65504\"", "ca477fe000", "65500")] // As few digits as mean the same value.
    [InlineData("float16", "\"-Infinity\"", "caff800000", "\"-Infinity\"")]
    [InlineData("float16", "\"NaN\"", "caffc00000", "\"NaN\"")]
    [InlineData("int128", "-1", "c410ffffffffffffffffffffffffffffffff", "-1")]
    [InlineData("int128", "1e2", "c41064000000000000000000000000000000", "100")]
    [InlineData("int128", "\"-170141183460469231731687303715884105728\"", "c41000000000000000000000000000000080",
        "-170141183460469231731687303715884105728")]
    [InlineData("uint128", "340282366920938463463374607431768211455", "c410ffffffffffffffffffffffffffffffff",
        "340282366920938463463374607431768211455")]
    [InlineData("bigint", "0", "c40100", "0")]
    [InlineData("bigint", "\"123456789012345678901234567890\"", "c40dd20a3f4eeee073c3f60fe98e01", "123456789012345678901234567890")]
    [InlineData("bigint", "100.0", "c40164", "100")]
    [InlineData("date", "\"2024-02-29\"", "ce000b4680", "\"2024-02-29\"")]
    [InlineData("time", "\"12:34:56\"", "cf0000006976851800", "\"12:34:56\"")]
    [InlineData("time", "\"23:59:59.9999999\"", "cf000000c92a69bfff", "\"23:59:59.9999999\"")]
    [InlineData("time", "\"00:00\"", "00", "\"00:00:00\"")]
    [InlineData("uri", "\"https://example.com/a?b\"", "b768747470733a2f2f6578616d706c652e636f6d2f613f62", "\"https://example.com/a?b\"")]
    [InlineData("uri", "\"/a\"", "a22f61", "\"/a\"")]
    [InlineData("version", "\"1.2.3\"", "a5312e322e33", "\"1.2.3\"")]
    [InlineData("index", "\"^1\"", "fe", "\"^1\"")]
    [InlineData("index", "\"3\"", "03", "\"3\"")]
    [InlineData("index", "3", "03", "\"3\"")]
    [InlineData("range", "\"1..^2\"", "9201fd", "\"1..^2\"")]
    [InlineData("rune", "\"A\"", "41", "\"A\"")]
    [InlineData("rune", "\"5\"", "35", "\"5\"")]
    [InlineData("rune", "128512", "ce0001f600", "\"\\uD83D\\uDE00\"")]
    [InlineData("map<bigint, rune>", "{\"-5\":\"x\"}", "81c401fb78", "{\"-5\":\"x\"}")]
    [InlineData("map<range, date>", "{\"0..^0\":\"0001-01-01\"}", "819200ff00", "{\"0..^0\":\"0001-01-01\"}")]
    [InlineData("map<time, index>", "{\"01:00\":\"^0\"}", "81cf0000000861c46800ff", "{\"01:00:00\":\"^0\"}")]
    public void What_fits_is_written_and_comes_back(string type, string json, string hex, string back)
    {
        SchemaType parsed = TypeOf(type);
        ReadOnlyMemory<byte> written = TranscodingPropertyTests.ToMessagePack(s_schema, parsed, Encoding.UTF8.GetBytes(json));

        Assert.Equal(hex, Convert.ToHexStringLower(written.Span));
        Assert.Equal(back, Encoding.UTF8.GetString(TranscodingPropertyTests.ToJson(s_schema, parsed, written).Span));
    }

    [Theory]
    [InlineData("float16", "65520", "expected float16, got 65520.")]
    [InlineData("int128", "1.5", "expected int128, got 1.5.")]
    [InlineData("uint128", "-1", "expected uint128, got -1.")]
    [InlineData("uint128", "\"340282366920938463463374607431768211456\"",
        "expected uint128, got \"340282366920938463463374607431768211456\".")]
    [InlineData("bigint", "true", "expected bigint, got true.")]
    [InlineData("bigint", "\" 1\"", "expected bigint, got \" 1\".")]
    [InlineData("date", "\"2023-02-29\"", "expected date (such as \"2024-02-29\"), got \"2023-02-29\".")]
    [InlineData("time", "\"24:00:00\"", "expected time (such as \"12:34:56.789\"), got \"24:00:00\".")]
    [InlineData("time", "5", "expected time (such as \"12:34:56.789\"), got 5.")]
    [InlineData("uri", "\"http://\"", "expected uri, got \"http://\".")]
    [InlineData("version", "\"1\"", "expected version (such as \"1.2.3\"), got \"1\".")]
    [InlineData("version", "1.2", "expected version (such as \"1.2.3\"), got 1.2.")]
    [InlineData("index", "-1", "expected index (such as \"3\", or \"^1\" from the end), got -1.")]
    [InlineData("index", "2147483648", "expected index (such as \"3\", or \"^1\" from the end), got 2147483648.")]
    [InlineData("range", "\"1\"", "expected range (such as \"1..^2\"), got \"1\".")]
    [InlineData("rune", "\"ab\"", "expected rune (one character), got \"ab\".")]
    [InlineData("rune", "55296", "expected rune (one character), got 55296.")]
    public void What_does_not_fit_is_named(string type, string json, string expected)
    {
        TranscodingException error = Assert.Throws<TranscodingException>(
            () => TranscodingPropertyTests.ToMessagePack(s_schema, TypeOf(type), Encoding.UTF8.GetBytes(json)));

        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public void Integers_of_more_digits_than_are_converted_in_little_time_are_refused_both_ways()
    {
        SchemaType type = TypeOf("bigint");
        string most = new('9', 9_998);
        ReadOnlyMemory<byte> written = TranscodingPropertyTests.ToMessagePack(s_schema, type, Encoding.UTF8.GetBytes(most));
        Assert.Equal(most, Encoding.UTF8.GetString(TranscodingPropertyTests.ToJson(s_schema, type, written).Span));

        Assert.Throws<TranscodingException>(
            () => TranscodingPropertyTests.ToMessagePack(s_schema, type, Encoding.UTF8.GetBytes(new string('9', 10_001))));
        byte[] large = [0xc5, 0xff, 0xff, .. Enumerable.Repeat((byte)0x7f, 0xffff)];
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => TranscodingPropertyTests.ToJson(s_schema, type, large));
        Assert.Contains("A bigint of 65,535 bytes is not converted to text; the limit is 4,152.", error.Message, StringComparison.Ordinal);
    }

    private static SchemaType TypeOf(string type) =>
        ContractSchema.Parse($"service \"S\"\nmethod M() -> {type}\n").Methods[0].Result!;
}
