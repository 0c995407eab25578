using System.Text;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Tests.Messages;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("shop.example", "shop.example")]
    [InlineData("shop.example.", "shop.example")]
    [InlineData(".", ".")]
    [InlineData("", ".")]
    [InlineData(@"My\.Printer._ipp._tcp.local", @"My\.Printer._ipp._tcp.local")]
    [InlineData(@"a\092b.local", @"a\\b.local")]
    [InlineData(@"tab\009.local", @"tab\009.local")]
    [InlineData("Büro.local", "Büro.local")]
    public void Text_is_read_and_written(string text, string expected) => Assert.Equal(expected, DomainName.Parse(text).ToString());

    [Theory]
    [InlineData("a..b", "a label is empty")]
    [InlineData(".a", "a label is empty")]
    [InlineData(@"a\", "backslash")]
    [InlineData(@"a\999.b", "backslash")]
    [InlineData(@"a\1", "backslash")]
    public void What_is_no_name_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => DomainName.Parse(text)).Message);

    [Fact]
    public void Letters_compare_without_case_and_other_bytes_as_they_are()
    {
        Assert.Equal(DomainName.Parse("Shop.EXAMPLE"), DomainName.Parse("shop.example"));
        Assert.Equal(DomainName.Parse("Shop.EXAMPLE").GetHashCode(), DomainName.Parse("shop.example").GetHashCode());
        Assert.NotEqual(DomainName.Parse("Ä.local"), DomainName.Parse("ä.local"));
        Assert.NotEqual(DomainName.Parse("a[.local"), DomainName.Parse("a{.local"));
        Assert.NotEqual(DomainName.Parse(@"a\.b"), DomainName.Parse("a.b"));
    }

    [Fact]
    public void A_label_has_at_most_63_bytes_and_a_name_255()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{new string('b', 61)}";

        Assert.Equal(255, DomainName.Parse(longest).Wire.Length);
        Assert.False(DomainName.TryParse(longest + "b", out _, out string? error));
        Assert.Equal("it is longer than 255 bytes", error);
        Assert.False(DomainName.TryParse(label + "a.example", out _, out error));
        Assert.Equal("a label has 64 bytes, and at most 63 are possible", error);
        Assert.Throws<FormatException>(() => DomainName.Parse(longest).Prepend("x"));
        Assert.Throws<FormatException>(() => DomainName.Root.Prepend(label + "a"));
        Assert.Equal(63, DomainName.Root.Prepend(label).FirstLabel.Length);
    }

    [Fact]
    public void A_name_lies_within_itself_and_those_behind_it()
    {
        DomainName name = DomainName.Parse("a.b.local");

        Assert.True(name.IsWithin(name));
        Assert.True(name.IsWithin(DomainName.Parse("B.local")));
        Assert.True(name.IsWithin(DomainName.Root));
        Assert.False(name.IsWithin(DomainName.Parse("c.local")));
        Assert.False(DomainName.Parse("xlocal").IsWithin(DomainName.Parse("local")));
        Assert.Equal(["a", "b", "local"], name.Labels);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_written_as_numbers_and_come_back()
    {
        DomainName name = DomainName.FromCheckedWire([2, 0xFF, (byte)'x', 0]);

        Assert.Equal(@"\255x", name.ToString());
        Assert.Equal("�x", name.FirstLabel);
        Assert.Equal(name, DomainName.Parse(name.ToString()));
        Assert.Equal(Encoding.UTF8.GetBytes("ü"), DomainName.Parse("ü").Wire[1..^1].ToArray());
    }
}
