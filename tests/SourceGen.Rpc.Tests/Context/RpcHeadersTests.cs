using System.Buffers;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Context;

public sealed class RpcHeadersTests
{
    [Fact]
    public void Names_AreFoundWhateverTheirCase()
    {
        RpcHeaders headers = new() { ["Tenant"] = "acme" };
        Assert.Equal("acme", headers["tenant"]);
        headers["TENANT"] = "other";
        Assert.Equal(["other"], headers.GetValues("tenant"));
        Assert.Null(headers["tenants"]);
        Assert.True(headers.Remove("tenant"));
        Assert.False(headers.Remove("tenant"));
        Assert.Empty(headers);
    }

    [Fact]
    public void AName_CanHaveSeveralValuesInOrder()
    {
        RpcHeaders headers = new() { { "step", "1" }, { "other", "x" }, { "Step", "2" } };
        Assert.Equal(["1", "2"], headers.GetValues("step"));
        Assert.Equal("1", headers["step"]);
        Assert.Equal(3, headers.Count);
        headers["step"] = null;
        Assert.Equal("other: x", headers.ToString());
    }

    [Theory]
    [InlineData("", "x", "name is empty")]
    [InlineData("a b", "x", "'a b' has the character U+0020 at position 1")]
    [InlineData("a:b", "x", "'a:b' has a ':' at position 1")]
    [InlineData("größe", "x", "U+00F6 at position 2")]
    [InlineData("a\nb", "x", "'a?b' has the character U+000A at position 1")]
    [InlineData("rpc-timeout", "x", "'rpc-timeout' begins with 'rpc-', which is reserved")]
    [InlineData("RPC-x", "x", "reserved")]
    [InlineData("note", "a\r\nb", "value of the header 'note' has the control character U+000D at position 1")]
    [InlineData("note", "a\u0085", "U+0085 at position 1")]
    public void AHeaderThatIsNotAllowed_IsNamedWithItsReason(string name, string value, string why)
    {
        RpcHeaders headers = new();
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => headers.Add(name, value)).Message, StringComparison.Ordinal);
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => headers[name] = value).Message, StringComparison.Ordinal);
        Assert.Empty(headers);
    }

    /// <summary>Written as numbers: an attribute's text cannot hold them.</summary>
    [Theory]
    [InlineData(0xD800, 'b')]
    [InlineData(0xDC00, 0xD800)]
    [InlineData(0xD800, 0xD800)]
    public void HalfASurrogatePair_IsNotText(int first, int second)
    {
        string value = new(['a', (char)first, (char)second]);
        string message = Assert.Throws<ArgumentException>(() => new RpcHeaders().Add("note", value)).Message;
        Assert.Contains("'note' has half of a surrogate pair at position 1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-Custom.9_~!#$%&'*+-^`|", "")]
    [InlineData("rpcx", "every other text: größe, \"quoted\", 数, \ud83d\ude00")]
    public void EverythingElse_IsAllowedAndTravels(string name, string value)
    {
        RpcHeaders headers = new() { { name, value } };
        byte[] block = HeaderBlock.Encode(HeaderKind.Hop, headers, HeaderKind.Baggage, null)!;
        (RpcHeaders hop, RpcHeaders baggage) = HeaderBlock.Decode(new ReadOnlySequence<byte>(block), HeaderKind.Hop, HeaderKind.Baggage);
        Assert.Equal(headers.ToArray(), hop.ToArray());
        Assert.Empty(baggage);
    }

    [Fact]
    public void HeadersThatWereReceived_CannotBeChanged()
    {
        byte[] block = HeaderBlock.Encode(HeaderKind.Hop, new RpcHeaders { ["a"] = "1" }, HeaderKind.Baggage, null)!;
        (RpcHeaders hop, RpcHeaders none) = HeaderBlock.Decode(new ReadOnlySequence<byte>(block), HeaderKind.Hop, HeaderKind.Baggage);
        Assert.True(hop.IsReadOnly);
        Assert.Contains("'a'", Assert.Throws<InvalidOperationException>(() => hop["a"] = "2").Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => hop.Remove("a"));
        Assert.Throws<InvalidOperationException>(() => none.Add("b", "2"));
        Assert.Equal("1", hop["a"]);
    }

    [Fact]
    public void KindsThatAreNotKnown_AreSkipped()
    {
        (RpcHeaders hop, RpcHeaders baggage) = Decode((9, "later", "x"), (1, "b", "2"), (0, "a", "1"));
        Assert.Equal("a: 1", hop.ToString());
        Assert.Equal("b: 2", baggage.ToString());
    }

    [Theory]
    [InlineData("bad name", "x", "'bad name'")]
    [InlineData("note", "a\nb", "'note'")]
    public void AHeaderThatIsNotAllowed_IsNotRead(string name, string value, string named) =>
        Assert.Contains(named, Assert.Throws<RpcSerializationException>(() => Decode((0, name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void ReservedNames_AreRead() => Assert.Equal("1", Decode((0, "rpc-later", "1")).Hop["rpc-later"]);

    [Fact]
    public void OptionsThatWereGivenAway_DoNotChange()
    {
        RpcCallOptions options = new() { Headers = { ["a"] = "1" } };
        using RpcCallScope scope = RpcCallScope.Begin(options);
        options.Headers["a"] = "2";
        Assert.Equal("1", scope.Options.Headers["a"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(1e12)]
    public void ATimeoutOutOfRange_IsRefused(double milliseconds) => Assert.Contains(
        "from 1 ms to 24 days",
        Assert.Throws<ArgumentOutOfRangeException>(() => new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(milliseconds) }).Message,
        StringComparison.Ordinal);

    private static (RpcHeaders Hop, RpcHeaders Baggage) Decode(params (int Kind, string Name, string Value)[] headers) =>
        HeaderBlock.Decode(new ReadOnlySequence<byte>(RawFrames.Headers(headers)), HeaderKind.Hop, HeaderKind.Baggage);
}
