using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

/// <summary>Balancers that look at how calls go.</summary>
public sealed class LoadTests
{
    private readonly TestClock _clock = new();

    public static TheoryData<string> LoadAware { get; } =
        [Balancers.LeastRequests, Balancers.PowerOfTwoChoices, Balancers.PeakEwma, Balancers.ShortestResponse];

    public static TheoryData<string> LatencyAware { get; } = [Balancers.PeakEwma, Balancers.ShortestResponse];

    [Theory]
    [MemberData(nameof(LoadAware))]
    public void The_node_with_fewer_calls_for_its_weight_is_preferred(string name)
    {
        IBalancer balancer = Create(name);
        NodeSet nodes = TestNodes.Weighted(100, 300);
        Measure(nodes, 10, 10);
        for (int i = 0; i < 2; i++) nodes[0].BeginCall();
        for (int i = 0; i < 3; i++) nodes[1].BeginCall();
        int[] counts = Count(balancer, nodes, 400);

        // Of two nodes, both are drawn, but for the few times that one is drawn again and again.
        Assert.InRange(counts[0], 0, 40);
    }

    [Theory]
    [MemberData(nameof(LoadAware))]
    public void Shares_follow_the_weights_when_all_nodes_are_busy(string name)
    {
        IBalancer balancer = Create(name);
        int[] weights = [50, 100, 100, 250];
        NodeSet nodes = TestNodes.Weighted(weights);
        Measure(nodes, 10, 10, 10, 10);
        var random = new Random(5);
        var calls = new List<int>();
        int[] counts = new int[4];
        for (int i = 0; i < 20_000; i++)
        {
            if (calls.Count == 200)
            {
                int done = random.Next(calls.Count);
                nodes[calls[done]].EndCall(TestClock.Milliseconds(10), CallOutcome.Success, _clock.Now);
                calls[done] = calls[^1];
                calls.RemoveAt(calls.Count - 1);
            }

            int pick = balancer.Pick(nodes, default);
            nodes[pick].BeginCall();
            calls.Add(pick);
            counts[pick]++;
        }

        for (int i = 0; i < 4; i++) Assert.InRange(counts[i] / 20_000.0, weights[i] / 500.0 * 0.93, weights[i] / 500.0 * 1.07);
    }

    [Theory]
    [MemberData(nameof(LoadAware))]
    public void A_node_that_fails_at_once_does_not_win(string name)
    {
        IBalancer balancer = Create(name);
        NodeSet nodes = TestNodes.Weighted(100, 100, 100);
        var ends = new PriorityQueue<int, long>();
        int[] counts = new int[3];
        for (int i = 0; i < 6_000; i++)
        {
            // 100 calls a second, of 50 ms each; the last node fails within one.
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            while (ends.TryPeek(out int done, out long at) && at <= _clock.Now)
            {
                ends.Dequeue();
                nodes[done].EndCall(TestClock.Milliseconds(done == 2 ? 1 : 50), done == 2 ? CallOutcome.Failure : CallOutcome.Success, at);
            }

            int pick = balancer.Pick(nodes, default);
            nodes[pick].BeginCall();
            counts[pick]++;
            ends.Enqueue(pick, _clock.Now + TestClock.Milliseconds(pick == 2 ? 1 : 50));
        }

        // A third would be its share. It is tried again about once a second for each level.
        Assert.InRange(counts[2], 1, 500);
    }

    [Theory]
    [MemberData(nameof(LatencyAware))]
    public void A_slow_node_is_left_to_the_others_load(string name)
    {
        IBalancer balancer = Create(name);
        NodeSet nodes = TestNodes.Weighted(100, 100);
        Measure(nodes, 10, 100);
        int[] idle = Count(balancer, nodes, 200);
        Assert.InRange(idle[1], 0, 20);

        // Ten calls at the fast one take as long as one at the slow one.
        for (int i = 0; i < 12; i++) nodes[0].BeginCall();
        Assert.InRange(Count(balancer, nodes, 200)[0], 0, 20);
    }

    [Theory]
    [MemberData(nameof(LatencyAware))]
    public void A_node_that_was_never_measured_gets_one_call_and_no_more(string name)
    {
        IBalancer balancer = Create(name);
        NodeSet nodes = TestNodes.Weighted(100, 100, 100);
        for (int i = 0; i < 2; i++) nodes[i].EndCall(TestClock.Milliseconds(10), CallOutcome.Success, _clock.Now);
        int[] counts = new int[3];
        for (int i = 0; i < 300; i++)
        {
            int pick = balancer.Pick(nodes, default);
            nodes[pick].BeginCall();
            counts[pick]++;
        }

        // Of two draws that both hit it, it must take the call: one in 243.
        Assert.InRange(counts[2], 1, 4);
    }

    [Fact]
    public void A_slow_node_that_was_not_called_for_long_is_tried_with_one_call_at_a_time()
    {
        IBalancer balancer = Create(Balancers.PeakEwma);
        NodeSet nodes = TestNodes.Weighted(100, 100, 100);
        Measure(nodes, 10, 10, 1_000);
        Assert.InRange(Count(balancer, nodes, 100)[2], 0, 3);
        _clock.Advance(TimeSpan.FromSeconds(90));
        for (int i = 0; i < 2; i++) nodes[i].EndCall(TestClock.Milliseconds(10), CallOutcome.Success, _clock.Now);
        int[] counts = new int[3];
        for (int i = 0; i < 100; i++)
        {
            int pick = balancer.Pick(nodes, default);
            nodes[pick].BeginCall();
            counts[pick]++;
        }

        Assert.InRange(counts[2], 1, 4);
    }

    [Fact]
    public void Least_requests_looks_at_every_node_of_a_small_set()
    {
        IBalancer balancer = Create(Balancers.LeastRequests);
        NodeSet nodes = TestNodes.Weighted([.. Enumerable.Repeat(100, Candidates.MostToLookAt)]);
        for (int i = 0; i < 320; i++) nodes[balancer.Pick(nodes, default)].BeginCall();
        foreach (NodeState node in nodes.Nodes) Assert.Equal(20, node.InFlight);
    }

    [Fact]
    public void Least_requests_finds_ties_by_weight_when_the_one_drawn_is_busy()
    {
        IBalancer balancer = Create(Balancers.LeastRequests);
        NodeSet nodes = TestNodes.Weighted(1_000, 100, 200, 300);
        nodes[0].BeginCall();
        int[] counts = Count(balancer, nodes, 60_000);
        ChiSquared.AssertFits(counts, [0, 1 / 6.0, 2 / 6.0, 3 / 6.0]);
    }

    [Fact]
    public void Least_requests_samples_large_sets_and_is_more_even_than_two_choices()
    {
        int Spread(string name)
        {
            IBalancer balancer = Create(name);
            NodeSet nodes = TestNodes.Weighted([.. Enumerable.Repeat(100, 1_000)]);
            for (int i = 0; i < 20_000; i++) nodes[balancer.Pick(nodes, default)].BeginCall();
            int most = 0;
            foreach (NodeState node in nodes.Nodes) most = Math.Max(most, node.InFlight);
            return most - 20;
        }

        Assert.InRange(Spread(Balancers.LeastRequests), 0, 2);
        Assert.InRange(Spread(Balancers.PowerOfTwoChoices), 1, 4);
        Assert.InRange(Spread(Balancers.WeightedRandom), 8, 40);
    }

    private IBalancer Create(string name) => Balancers.Create(name, new BalancerOptions { Seed = 11, TimeProvider = _clock });

    private void Measure(NodeSet nodes, params double[] milliseconds)
    {
        for (int i = 0; i < milliseconds.Length; i++)
        {
            nodes[i].BeginCall();
            nodes[i].EndCall(TestClock.Milliseconds(milliseconds[i]), CallOutcome.Success, _clock.Now);
        }
    }

    private static int[] Count(IBalancer balancer, NodeSet nodes, int picks)
    {
        int[] counts = new int[nodes.Count];
        for (int i = 0; i < picks; i++) counts[balancer.Pick(nodes, default)]++;
        return counts;
    }
}
