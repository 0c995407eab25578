using SourceGen.Rpc.Client.Nodes;

namespace SourceGen.Rpc.Tests.Client;

/// <summary>Turns by weight: shares that are right, and spread.</summary>
public class WeightedTurnsTests
{
    [Theory]
    [InlineData]
    [InlineData(100)]
    [InlineData(7, 7, 7)]
    [InlineData(0, 0)]
    public void EqualWeights_NeedNoOrder(params int[] weights) => Assert.Null(WeightedTurns.Of(weights));

    [Fact]
    public void AServerHasAsManyTurnsAsItsWeightSays_AndTheyAreSpread()
    {
        Assert.Equal([2, 1, 0, 2, 1, 2], WeightedTurns.Of([100, 200, 300])!);
        Assert.Equal([0, 0, 1, 0, 0], WeightedTurns.Of([400, 100])!);
    }

    [Fact]
    public void TheHeaviestAndTheLightest_AreBothThere()
    {
        int[] order = WeightedTurns.Of([1_000_000, 1, 1_000_000])!;
        Assert.InRange(order.Length, 16_000, 17_000);
        Assert.Equal(1, order.Count(static server => server == 1));
    }

    [Fact]
    public void AnyWeights_GiveTheirShares_AndNoServerWaitsMuchLongerThanItsShareSays()
    {
        Random random = new(20261121);
        for (int round = 0; round < 200; round++)
        {
            int[] weights = [.. Enumerable.Range(0, random.Next(2, 200)).Select(_ => random.Next(1, 1001))];
            if (WeightedTurns.Of(weights) is not { } order) continue;
            double sum = weights.Sum();
            for (int server = 0; server < weights.Length; server++)
            {
                int[] turns = [.. Enumerable.Range(0, order.Length).Where(i => order[i] == server)];
                Assert.NotEmpty(turns);

                // Each server's number of turns is rounded, and so is their sum.
                Assert.InRange(Math.Abs(((double)turns.Length / order.Length) - (weights[server] / sum)), 0, (weights.Length + 1.0) / order.Length);
                int longest = turns.Zip(turns.Skip(1).Append(turns[0] + order.Length), static (a, b) => b - a).Max();
                Assert.InRange(longest, 1, (2.0 * order.Length / turns.Length) + weights.Length);
            }
        }
    }
}
