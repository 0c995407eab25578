using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>What is wrong with arguments, and where, in words.</summary>
public sealed class ArgumentErrorTests
{
    private const string Schema =
        """
        service "S"
        method M(order: "Order", count: int32 = default, note: string? = default) -> void
        object "Line" map { sku: int32; tags: list<string>; size: "Size"? }
        object "Order" map { id: guid; lines: list<"Line">; prices: map<string, decimal>; at: datetimeoffset?; by: map<tuple<int32, int32>, bool>?; who: "Who"? }
        enum "Size" uint8 { Small = 1; Large = 2; Wrong = 300 }
        object "Who" array { 0: string; 2: int32? }

        """;

    private const string Line = """{"sku":1,"tags":[]}""";

    [Theory]
    [InlineData("5", "expected an object with the arguments by name, or an array of them in order, got 5.")]
    [InlineData("{}", "order is missing: expected \"Order\".")]
    [InlineData("[]", "order is missing: expected \"Order\".")]
    [InlineData("[1,2,3,4]", "4 arguments were given, and there are 3 parameters: order, count, note.")]
    [InlineData("""{"ordr":1}""", "there is no parameter 'ordr'; the parameters are: order, count, note.")]
    [InlineData("""{"count":1,"count":2}""", "the argument 'count' is there twice.")]
    [InlineData("""{"order":null}""", "order: expected \"Order\", got null.")]
    [InlineData("""{"order":{"id":"x"}}""", "order.lines: is missing: expected list<\"Line\">.")]
    [InlineData("""{"order":{"ID":"x"}}""", "order: Order has no member 'ID'; it has id, lines, prices, at, by, who.")]
    [InlineData("""{"order":ORDER(LINE,LINE,{"sku":"x","tags":[]})}""", "order.lines[2].sku: expected int32, got \"x\".")]
    [InlineData("""{"order":ORDER({"sku":2147483648,"tags":[]})}""", "order.lines[0].sku: expected int32, got 2147483648.")]
    [InlineData("""{"order":ORDER({"sku":1.5,"tags":[]})}""", "order.lines[0].sku: expected int32, got 1.5.")]
    [InlineData("""{"order":ORDER({"sku":1,"tags":["a",5]})}""", "order.lines[0].tags[1]: expected string, got 5.")]
    [InlineData("""{"order":ORDER({"sku":1,"tags":"a"})}""", "order.lines[0].tags: expected list<string> (an array), got \"a\".")]
    [InlineData("""{"order":ORDER({"sku":1,"tags":[],"size":"large"})}""",
        "order.lines[0].size: expected \"Size\"? (Small, Large, Wrong, or a number), got \"large\".")]
    [InlineData("""{"order":ORDER({"sku":1,"tags":[],"size":"Wrong"})}""",
        "order.lines[0].size: expected \"Size\"? (Small, Large, Wrong, or a number), got \"Wrong\".")]
    [InlineData("""{"order":ORDER({"sku":1,"tags":[],"size":256})}""",
        "order.lines[0].size: expected \"Size\"? (Small, Large, Wrong, or a number), got 256.")]
    [InlineData("""{"order":ORDER({"sku":1,"sku":1,"tags":[]})}""", "order.lines[0]: the member 'sku' is there twice.")]
    [InlineData("""{"order":ORDER({"sku":1,"tags":["\ud800"]})}""",
        "order.lines[0].tags[0]: the text is not valid Unicode: half of a surrogate pair, or bytes that are not UTF-8.")]
    [InlineData("""{"order":PRICES({"a b":"x"})}""", "order.prices[\"a b\"]: expected decimal, got \"x\".")]
    [InlineData("""{"order":PRICES({"a":1,"a":1})}""", "order.prices: the key 'a' is there twice.")]
    [InlineData("""{"order":PRICES(5)}""", "order.prices: expected map<string, decimal> (an object, or an array of pairs), got 5.")]
    [InlineData("""{"order":PRICES([["a"]])}""", "order.prices[0]: expected a pair [key, value], got an array of 1.")]
    [InlineData("""{"order":PRICES([[null,1]])}""", "order.prices[0][0]: expected a key, which is never null, got null.")]
    [InlineData("""{"order":MORE("at":"2024-02-29T12:00:00")}""",
        "order.at: expected datetimeoffset? (such as \"2024-02-29T12:34:56+01:00\"), got \"2024-02-29T12:00:00\".")]
    [InlineData("""{"order":MORE("by":{"1":true})}""",
        "order.by: expected map<tuple<int32, int32>, bool>? (an array of pairs [key, value]), got an object.")]
    [InlineData("""{"order":MORE("by":[[[1],true]])}""",
        "order.by[0][0]: expected tuple<int32, int32> (an array of 2), got an array of 1.")]
    [InlineData("""{"order":MORE("who":["Ann",5])}""", "order.who[1]: expected null, as no member has this index, got 5.")]
    [InlineData("""{"order":MORE("who":["Ann",null,5,6])}""", "order.who: Who has 3 elements at most, got 4.")]
    [InlineData("""{"order":MORE("who":{"2":5})}""", "order.who[\"0\"]: is missing: expected string.")]
    [InlineData("""{"order":MORE("who":[null,null,5])}""", "order.who[\"0\"]: expected string, got null.")]
    [InlineData("""{"order":MORE("at":null),"note":"x"}""",
        "count is missing: it has a default value, but only the last arguments can be left out, and note is given after it.")]
    public void Each_mistake_is_named_with_its_place(string arguments, string expected)
    {
        TranscodingException error = Assert.Throws<TranscodingException>(() => Write(Expand(arguments), allowMissing: false));
        Assert.Equal(expected, error.Message);
    }

    [Theory]
    [InlineData("""{"order":MORE("at":"2024-02-29T12:00:00Z")}""", 1)]
    [InlineData("""{"order":MORE("at":"2024-02-29T12:00+14:00"),"count":"-5"}""", 2)]
    [InlineData("""[MORE("who":{"0":"Ann"}),1.0,null]""", 3)]
    [InlineData("""[MORE("by":[[[1,2],true]]),null,"x"]""", 0)]
    public void What_fits_is_written_with_as_many_arguments_as_are_given(string arguments, int count)
    {
        if (count == 0)
        {
            Assert.Equal("count: expected int32, got null.",
                Assert.Throws<TranscodingException>(() => Write(Expand(arguments), allowMissing: false)).Message);
            return;
        }

        Assert.Equal(0x90 + count, Write(Expand(arguments), allowMissing: false).Span[0]);
    }

    [Fact]
    public void Missing_members_can_be_left_to_the_server() =>
        Assert.Equal("9181a56c696e657390", Convert.ToHexStringLower(Write("""[{"lines":[]}]""", allowMissing: true).Span));

    private static string Expand(string text) => ExpandMacro(ExpandMacro(ExpandMacro(text,
        "ORDER(", inner => $$$"""{"id":"00112233-4455-6677-8899-aabbccddeeff","lines":[{{{inner}}}],"prices":{}}"""),
        "PRICES(", inner => $$$"""{"id":"00112233-4455-6677-8899-aabbccddeeff","lines":[],"prices":{{{inner}}}}"""),
        "MORE(", inner => $$$"""{"id":"00112233-4455-6677-8899-aabbccddeeff","lines":[],"prices":{},{{{inner}}}}""").Replace("LINE", Line);

    private static string ExpandMacro(string text, string macro, Func<string, string> expand)
    {
        int start = text.IndexOf(macro, StringComparison.Ordinal);
        if (start < 0) return text;
        int end = text.IndexOf(')', start);
        return text[..start] + expand(text[(start + macro.Length)..end]) + text[(end + 1)..];
    }

    private static ReadOnlyMemory<byte> Write(string json, bool allowMissing)
    {
        ContractSchema schema = ContractSchema.Parse(Schema);
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return new JsonToMessagePack(schema, allowMissing, new BoundedBuffer(1 << 20)).WriteArguments(schema.Methods[0],
            document.RootElement);
    }
}
