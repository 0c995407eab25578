using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class TurnsTests
{
    [Theory]
    [InlineData(Balancers.RoundRobin)]
    [InlineData(Balancers.WeightedRoundRobin)]
    public void C38_Round_robin_keeps_its_place_between_calls(string name)
    {
        IBalancer balancer = Balancers.Create(name);
        NodeSet nodes = TestNodes.Weighted(1, 1, 1);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], Take(balancer, nodes, 7));
    }

    [Theory]
    [InlineData(Balancers.RoundRobin)]
    [InlineData(Balancers.WeightedRoundRobin)]
    public void C38_Round_robin_keeps_its_place_when_nodes_come_and_go(string name)
    {
        IBalancer balancer = Balancers.Create(name);
        NodeSet all = TestNodes.Weighted(1, 1, 1, 1, 1);
        Assert.Equal([0, 1, 2], Take(balancer, all, 3));

        // One behind the place goes: the next one is the same.
        NodeSet withoutFirst = Only(all, 1, 2, 3, 4);
        Assert.Same(all[3], withoutFirst[balancer.Pick(withoutFirst, default)]);

        // The next one goes: it is passed over.
        NodeSet withoutNext = Only(all, 1, 2, 3);
        Assert.Same(all[1], withoutNext[balancer.Pick(withoutNext, default)]);

        // One comes, before the place, and has to wait for its turn.
        NodeSet more = Only(all, 0, 1, 2, 3);
        Assert.Same(all[2], more[balancer.Pick(more, default)]);
        Assert.Same(all[3], more[balancer.Pick(more, default)]);
        Assert.Same(all[0], more[balancer.Pick(more, default)]);
    }

    [Fact]
    public void C38_A_set_that_changes_at_every_call_does_not_favour_its_first_nodes()
    {
        IBalancer balancer = new RoundRobinBalancer();
        NodeSet all = TestNodes.Weighted(1, 1, 1, 1);
        int[] counts = new int[4];
        for (int i = 0; i < 400; i++) counts[balancer.Pick(Only(all, 0, 1, 2, 3), default)]++;
        Assert.Equal([100, 100, 100, 100], counts);
    }

    [Fact]
    public void Turns_of_different_weights_are_spread_and_exact_in_each_round()
    {
        IBalancer balancer = new WeightedRoundRobinBalancer();
        NodeSet nodes = TestNodes.Weighted(100, 200, 300);
        Assert.Equal([2, 1, 0, 2, 1, 2, 2, 1, 0, 2, 1, 2], Take(balancer, nodes, 12));
        Assert.Equal([0, 0, 1, 0, 0], Take(new WeightedRoundRobinBalancer(), TestNodes.Weighted(400, 100), 5));
    }

    [Fact]
    public void A_change_of_weight_does_not_begin_the_round_anew()
    {
        IBalancer balancer = new WeightedRoundRobinBalancer();
        int[] counts = new int[2];
        for (int i = 0; i < 300; i++) counts[balancer.Pick(TestNodes.Weighted(300 + i % 3 * 100, 100), default)]++;

        // Its share is a fifth on average. If each change began a round, it would have no turn at all.
        Assert.InRange(counts[1], 45, 90);
    }

    [Fact]
    public void Weights_without_a_common_measure_keep_their_shares_and_are_spread()
    {
        IBalancer balancer = new WeightedRoundRobinBalancer();
        NodeSet nodes = TestNodes.Weighted(1_000_000, 10_007, 0, 0);
        int[] counts = new int[4];
        int last = -1;
        int longest = 0;
        int shortest = int.MaxValue;
        const int Picks = 1_010_007;
        for (int i = 0; i < Picks; i++)
        {
            int pick = balancer.Pick(nodes, default);
            counts[pick]++;
            if (pick != 1) continue;
            if (last >= 0)
            {
                longest = Math.Max(longest, i - last);
                shortest = Math.Min(shortest, i - last);
            }

            last = i;
        }

        Assert.InRange(counts[1], 10_002, 10_012);
        Assert.Equal(Picks - counts[1], counts[0]);
        Assert.InRange(shortest, 50, 101);
        Assert.InRange(longest, 101, 200);
    }

    [Fact]
    public void Two_threads_take_each_turn_once()
    {
        IBalancer balancer = new RoundRobinBalancer();
        NodeSet nodes = TestNodes.Weighted(1, 1, 1, 1, 1);
        int[] counts = new int[5];
        Parallel.For(0, 2, _ =>
        {
            for (int i = 0; i < 50_000; i++) Interlocked.Increment(ref counts[balancer.Pick(nodes, default)]);
        });
        Assert.Equal([20_000, 20_000, 20_000, 20_000, 20_000], counts);
    }

    private static int[] Take(IBalancer balancer, NodeSet nodes, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => balancer.Pick(nodes, default))];

    private static NodeSet Only(NodeSet nodes, params int[] indexes) =>
        new([.. indexes.Select(index => nodes[index])], [.. indexes.Select(index => nodes.Weights[index])]);
}
