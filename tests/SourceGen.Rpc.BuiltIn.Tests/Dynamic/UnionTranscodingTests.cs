using System.Text;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Dynamic.Transcoding;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>Unions, and what custom serializers write, from JSON to MessagePack and back.</summary>
public sealed class UnionTranscodingTests
{
    private static readonly ContractSchema Schema = ContractSchema.Parse("""
        service "S"
        object "Shop.Circle" array { 0: float64 }
        object "Shop.Line" map { To: "Shop.Shape"? }
        union "Shop.Shape" { -1: "Shop.Line"; 0: "Shop.Circle"; 7: opaque<"x">; 8: "Shop.Twice"; 9: "Shop.Twice" }
        union "Shop.Twice" open { 0: "Shop.Circle" }

        """);

    private static readonly SchemaType Shape = new(SchemaKind.Named, "Shop.Shape", [], IsNullable: false);
    private static readonly SchemaType Opaque = new(SchemaKind.Opaque, "x", [], IsNullable: false);

    [Theory]
    [InlineData("""{"Shop.Circle":[1.5]}""", "920091CB3FF8000000000000")]
    [InlineData("""{"Shop.Line":{"To":{"Shop.Circle":[2]}}}""", "92FF81A2546F920091CB4000000000000000")]
    [InlineData("""{"Shop.Line":{"To":null}}""", "92FF81A2546FC0")]
    [InlineData("""{"7":[true,"x"]}""", "920792C3A178")]
    [InlineData("""{"8":{"Shop.Circle":[0]}}""", "9208920091CB0000000000000000")]
    [InlineData("""{"9":{"Shop.Circle":[0]}}""", "9209920091CB0000000000000000")]
    public void A_case_has_the_name_of_its_type_or_its_tag(string json, string hex)
    {
        Assert.Equal(hex, ToHex(Shape, json));
        Assert.Equal(json, FromHex(Shape, hex));
    }

    [Fact]
    public void A_tag_in_digits_is_taken_for_every_case_and_returned_for_an_unknown_one()
    {
        Assert.Equal("920091CB3FF8000000000000", ToHex(Shape, """{"0":[1.5]}"""));
        Assert.Equal("92FF81A2546FC0", ToHex(Shape, """{"-1":{"To":null}}"""));
        Assert.Equal("""{"1000":{"a":1}}""", FromHex(Shape, "92CD03E881A16101"));
    }

    [Theory]
    [InlineData("[0,[1]]", "(an object with one of Shop.Line, Shop.Circle, 7, 8, 9), got an array of 2")]
    [InlineData("{}", "got an object")]
    [InlineData("""{"Shop.Circle":[1],"Shop.Line":{}}""", "expected one case of Shop.Shape, got 'Shop.Circle' and others")]
    [InlineData("""{"Shop.Round":[1]}""", "Shop.Shape has no case 'Shop.Round'; it has Shop.Line, Shop.Circle, 7, 8, 9")]
    [InlineData("""{"1000":[1]}""", "Shop.Shape has no case '1000'")]
    [InlineData("""{"Shop.Line":{"To":{"Shop.Circle":["x"]}}}""", "expected float64, got \"x\"")]
    public void What_is_no_case_is_an_error_that_names_it(string json, string message)
    {
        TranscodingException error = Assert.Throws<TranscodingException>(() => ToHex(Shape, json));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9100")]
    [InlineData("930090C0")]
    [InlineData("92A13090")]
    public void What_is_no_pair_of_tag_and_case_is_an_error(string hex) =>
        Assert.Throws<RpcSerializationException>(() => FromHex(Shape, hex));

    [Theory]
    [InlineData("null", "C0")]
    [InlineData("[1,-1,18446744073709551615,1.5,true,\"x\"]", "9601FFCFFFFFFFFFFFFFFFFFCB3FF8000000000000C3A178")]
    [InlineData("""{"a":{},"b":[]}""", "82A16180A16290")]
    public void What_only_a_custom_serializer_knows_is_as_it_looks(string json, string hex)
    {
        Assert.Equal(hex, ToHex(Opaque, json));
        Assert.Equal(json, FromHex(Opaque, hex));
    }

    [Theory]
    [InlineData("C403010203", "\"AQID\"")]
    [InlineData("CA3FC00000", "1.5")]
    [InlineData("D0FF", "-1")]
    [InlineData("CD0100", "256")]
    [InlineData("D90161", "\"a\"")]
    [InlineData("8201A161C303", "[[1,\"a\"],[true,3]]")]
    [InlineData("DE0001A16101", "{\"a\":1}")]
    [InlineData("DC000101", "[1]")]
    [InlineData("D6FF00000000", "{\"messagepack\":\"1v8AAAAA\"}")]
    public void What_JSON_has_not_is_shown_as_well_as_it_can_be(string hex, string json) => Assert.Equal(json, FromHex(Opaque, hex));

    [Theory]
    [InlineData("")]
    [InlineData("C1")]
    [InlineData("82A1610102")]
    [InlineData("A561")]
    public void What_is_no_MessagePack_is_an_error(string hex) =>
        Assert.Throws<RpcSerializationException>(() => FromHex(Opaque, hex));

    [Fact]
    public void What_nests_too_deep_is_an_error_in_both_directions()
    {
        string deep = new string('[', 129) + new string(']', 129);
        Assert.Throws<RpcSerializationException>(() => ToHex(Opaque, deep));
        Assert.Throws<RpcSerializationException>(() => FromHex(Opaque, string.Concat(Enumerable.Repeat("91", 200)) + "C0"));
        Assert.Throws<RpcSerializationException>(() => FromHex(Opaque, string.Concat(Enumerable.Repeat("8101", 200)) + "C0"));
        Assert.Throws<RpcSerializationException>(() => FromHex(Shape, string.Concat(Enumerable.Repeat("92FF81A2546F", 200)) + "C0"));
    }

    private static string ToHex(SchemaType type, string json) =>
        Convert.ToHexString(TranscodingPropertyTests.ToMessagePack(Schema, type, Encoding.UTF8.GetBytes(json)).Span);

    private static string FromHex(SchemaType type, string hex) =>
        Encoding.UTF8.GetString(TranscodingPropertyTests.ToJson(Schema, type, Convert.FromHexString(hex)).Span);
}
