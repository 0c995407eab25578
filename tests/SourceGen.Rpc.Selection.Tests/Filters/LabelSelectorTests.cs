using FsCheck;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Filters;

namespace SourceGen.Rpc.Selection.Tests.Filters;

public sealed class LabelSelectorTests
{
    private static readonly ServiceMetadata s_metadata = ServiceMetadata.Create([new("zone", "a"), new("disk", "ssd"), new("empty", "")]);

    [Theory]
    [InlineData("zone=a", true)]
    [InlineData("zone == a", true)]
    [InlineData("zone=b", false)]
    [InlineData("zone!=b", true)]
    [InlineData("zone != a", false)]
    [InlineData("rack!=7", true)]
    [InlineData("zone in (b, a)", true)]
    [InlineData("zone in (b)", false)]
    [InlineData("zone notin (b,c)", true)]
    [InlineData("rack notin (b,c)", true)]
    [InlineData("zone notin (a)", false)]
    [InlineData("zone", true)]
    [InlineData("rack", false)]
    [InlineData("!rack", true)]
    [InlineData("! zone", false)]
    [InlineData("empty=", true)]
    [InlineData("zone=", false)]
    [InlineData(" zone = a , disk in (ssd,nvme), !old ", true)]
    [InlineData("zone=a,disk=hdd", false)]
    public void Metadata_matches_or_not(string selector, bool matches) => Assert.Equal(matches, LabelSelector.Parse(selector).Matches(s_metadata));

    [Theory]
    [InlineData("", "a name is expected at its end")]
    [InlineData("zone=a,", "a name is expected at its end")]
    [InlineData("=a", "a name is expected at position 1, in place of '='")]
    [InlineData("zone!a", "'=' after '!' is expected at position 6, in place of 'a'")]
    [InlineData("zone in a", "'(' is expected at position 9, in place of 'a'")]
    [InlineData("zone in (a", "',' or ')' is expected at its end")]
    [InlineData("zone of (a)", "'=', '!=', 'in', 'notin' or ',' is expected at position 6, in place of 'o'")]
    [InlineData("zone=a b", "',' or the end is expected at position 8, in place of 'b'")]
    public void What_is_wrong_is_said_and_where(string selector, string why)
    {
        string message = Assert.Throws<FormatException>(() => LabelSelector.Parse(selector)).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains("Write for example 'zone=a", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_text_it_is_a_selector_or_a_format_error() => Prop.ForAll(
        Gen.ArrayOf(Gen.Elements("zone", "in", "notin", "=", "!", "(", ")", ",", " ", "a", "é", "\0")).ToArbitrary(),
        words =>
        {
            string text = string.Concat(words);
            try
            {
                LabelSelector selector = LabelSelector.Parse(text);
                _ = selector.Matches(s_metadata);
                return selector.ToString() == text;
            }
            catch (FormatException e)
            {
                return e.Message.Contains(text, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();
}
