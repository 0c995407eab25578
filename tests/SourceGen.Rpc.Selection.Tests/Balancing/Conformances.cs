using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class RandomConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new RandomBalancer(seed);

    protected override double[] Shares(int[] weights) => AlikeShares.Of(weights);
}

public sealed class RoundRobinConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new RoundRobinBalancer();

    protected override double[] Shares(int[] weights) => AlikeShares.Of(weights);
}

public sealed class WeightedRoundRobinConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new WeightedRoundRobinBalancer();
}

public sealed class WeightedRandomConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new WeightedRandomBalancer(seed);
}

public sealed class LeastRequestsConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new LeastRequestsBalancer(seed);
}

public sealed class PowerOfTwoChoicesConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new PowerOfTwoChoicesBalancer(seed);
}

public sealed class PeakEwmaConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new PeakEwmaBalancer(seed);
}

public sealed class ShortestResponseConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new ShortestResponseBalancer(seed);
}

public sealed class ConsistentHashWithoutKeyConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new ConsistentHashBalancer(seed: seed);
}

public sealed class ConsistentHashConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new ConsistentHashBalancer(seed: seed);

    protected override PickRequest Request(int number) => new() { Key = KeyHash.Of(number) };

    /// <summary>
    /// The points of a node are a sample: its share of the circle deviates by one part in the root of their number. A node has one point at
    /// least.
    /// </summary>
    protected override void AssertShares(int[] counts, double[] shares)
    {
        double heaviest = shares.Max();
        double total = counts.Sum();
        for (int i = 0; i < counts.Length; i++)
        {
            if (shares[i] == 0)
            {
                Assert.Equal(0, counts[i]);
                continue;
            }

            double points = Math.Max(1, HashRing.MostPoints * shares[i] / heaviest);
            double expected = points * heaviest / HashRing.MostPoints;
            double spread = 5 / Math.Sqrt(points);
            Assert.InRange(counts[i] / total, Math.Max(0, expected * (1 - spread)), expected * (1 + spread) + 0.002);
        }
    }
}

public sealed class RendezvousWithoutKeyConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new RendezvousBalancer(seed);
}

public sealed class RendezvousConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new RendezvousBalancer(seed);

    protected override PickRequest Request(int number) => new() { Key = KeyHash.Of(number) };
}

public sealed class LocalityAwareConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) =>
        new LocalityAwareBalancer("", () => new PowerOfTwoChoicesBalancer(seed), seed: seed);
}

public sealed class UsersOwnConformance : BalancerConformance
{
    protected override IBalancer Create(int seed) => new ScanningBalancer(new LockedRandom(seed));

    private sealed class LockedRandom(int seed) : Random(seed)
    {
        private readonly Lock _gate = new();

        public override int Next(int maxValue)
        {
            lock (_gate) return base.Next(maxValue);
        }

        public override long NextInt64(long maxValue)
        {
            lock (_gate) return base.NextInt64(maxValue);
        }
    }
}

internal static class AlikeShares
{
    /// <summary>Balancers that do not look at weights leave out nodes that have none.</summary>
    public static double[] Of(int[] weights)
    {
        int usable = weights.Count(static weight => weight > 0);
        return [.. weights.Select(weight => usable == 0 ? 1.0 / weights.Length : weight > 0 ? 1.0 / usable : 0)];
    }
}
