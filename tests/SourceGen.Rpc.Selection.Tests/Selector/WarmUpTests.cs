namespace SourceGen.Rpc.Selection.Tests.Selector;

public sealed class WarmUpTests
{
    [Theory]
    [InlineData(-1, 100, 1)] // The clocks differ.
    [InlineData(0, 100, 1)]
    [InlineData(1, 100, 1)]
    [InlineData(11.9, 100, 1)]
    [InlineData(12, 100, 2)]
    [InlineData(300, 100, 50)]
    [InlineData(599.9, 100, 99)]
    [InlineData(600, 100, 100)]
    [InlineData(6000, 100, 100)]
    [InlineData(300, 1, 1)]
    [InlineData(300, 0, 0)] // Wants no calls, and gets none for being new.
    public void C43_The_weight_is_the_uptime_by_the_warm_up_within_its_limits(double seconds, int weight, int expected) =>
        Assert.Equal(expected, WarmUp.Weigh(TimeSpan.FromSeconds(seconds), TimeSpan.FromMinutes(10), weight));
}
