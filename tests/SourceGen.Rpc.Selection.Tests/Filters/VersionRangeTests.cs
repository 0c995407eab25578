using FsCheck;
using SourceGen.Rpc.Selection.Filters;

namespace SourceGen.Rpc.Selection.Tests.Filters;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "1.0-rc", true)]
    [InlineData(">=1.2 <2", "1.2", true)]
    [InlineData(">=1.2 <2", "1.2.0", true)]
    [InlineData(">=1.2 <2", "v1.10.3", true)]
    [InlineData(">=1.2 <2", "1.1.9", false)]
    [InlineData(">=1.2 <2", "2.0.0", false)]
    [InlineData(">=1.2 <2", "2.0.0-rc.1", false)]
    [InlineData(">=1.2 <2", "1.3-beta", false)]
    [InlineData(">=1.2-beta <2", "1.2-rc", true)]
    [InlineData(">=1.2-beta <2", "1.2-alpha", false)]
    [InlineData(">=1.2 <2", "", false)]
    [InlineData(">=1.2 <2", "latest", false)]
    [InlineData(">= 1.2, < 2", "1.5", true)]
    [InlineData(">1.2", "1.2", false)]
    [InlineData("<=1.2", "1.2.0.0", true)]
    [InlineData("1.*", "1.99", true)]
    [InlineData("1.*", "2", false)]
    [InlineData("1.2.x", "1.2.7", true)]
    [InlineData("1.2.x", "1.3", false)]
    [InlineData("1.*.*", "1.5.5", true)]
    [InlineData("1.2", "1.2.0", true)]
    [InlineData("1.2", "1.2.1", false)]
    [InlineData("=1.2", "1.2+build.7", true)]
    [InlineData("^1.2", "1.9", true)]
    [InlineData("^1.2", "2.0", false)]
    [InlineData("^0.3.1", "0.3.9", true)]
    [InlineData("^0.3.1", "0.4", false)]
    [InlineData("~1.2.3", "1.2.9", true)]
    [InlineData("~1.2.3", "1.3", false)]
    [InlineData("~1", "1.9", true)]
    [InlineData("1.* || 3.*", "3.1", true)]
    [InlineData("1.* || 3.*", "2.1", false)]
    [InlineData("latest", "latest", true)]
    [InlineData("latest", "Latest", false)]
    [InlineData("latest || >=2", "2.1", true)]
    public void A_version_is_in_a_range_or_not(string range, string version, bool isIn) => Assert.Equal(isIn, VersionRange.Parse(range).Contains(version));

    [Theory]
    [InlineData("", "there is nothing")]
    [InlineData("1.* ||", "there is nothing, or nothing beside a '||'")]
    [InlineData(">=", "nothing follows '>='")]
    [InlineData("=>1", "'=>' is no operator")]
    [InlineData("!1", "'!' is no operator")]
    [InlineData(">=1.*", "'1.*' is no version that '>=' can be applied to")]
    [InlineData(">=latest", "'latest' is no version")]
    [InlineData("1.2.3.4.5", "'1.2.3.4.5' is no version")]
    [InlineData("1..2", "'1..2' is no version")]
    public void What_is_wrong_is_said_and_what_is_right(string range, string why)
    {
        string message = Assert.Throws<FormatException>(() => VersionRange.Parse(range)).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("'>=1.2 <2'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_are_ordered_as_the_specification_has_them()
    {
        string[] ordered = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2", "1.10", "99999999999999999999.1"];
        for (int i = 0; i < ordered.Length; i++)
        {
            for (int j = 0; j < ordered.Length; j++) Assert.Equal(i.CompareTo(j), Math.Sign(Read(ordered[i]).CompareTo(Read(ordered[j]))));
        }
    }

    [Fact]
    public void Ranges_hold_what_lies_between_their_ends() => Prop.ForAll<byte[], byte[], byte[]>((a, b, c) =>
    {
        string low = Text(a);
        string high = Text(b);
        string version = Text(c);
        bool expected = Read(version).CompareTo(Read(low)) >= 0 && Read(version).CompareTo(Read(high)) < 0;
        return VersionRange.Parse($">={low} <{high}").Contains(version) == expected
            && VersionRange.Parse(version).Contains(version)
            && VersionRange.Parse($"<{version} || >={version}").Contains(low);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_text_it_is_a_range_or_a_format_error() => Prop.ForAll(
        Gen.ArrayOf(Gen.Elements("1", "2.", ".", "*", "x", ">=", "<", "^", "~", "||", " ", ",", "-rc", "+b", "latest", "é", "\0", "99999999999999999999")).ToArbitrary(),
        words =>
        {
            string text = string.Concat(words);
            try
            {
                VersionRange range = VersionRange.Parse(text);
                _ = range.Contains(text);
                return range.ToString() == text;
            }
            catch (FormatException e)
            {
                return e.Message.Contains(text, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    private static SemanticVersion Read(string text)
    {
        Assert.True(SemanticVersion.TryParse(text, out SemanticVersion? version), text);
        return version!;
    }

    private static string Text(byte[] numbers) => numbers.Length == 0 ? "0" : string.Join('.', numbers.Take(4).Select(static number => number % 5));
}
