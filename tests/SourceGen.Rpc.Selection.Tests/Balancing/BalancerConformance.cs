using FsCheck;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

/// <summary>What every balancer must do, also a user's own.</summary>
public abstract class BalancerConformance
{
    public static TheoryData<int[]> Weights { get; } =
        [[7], [1, 1], [100, 100, 100], [100, 200, 300], [0, 5, 0, 5], [1, 0], [0, 0, 0], [1, 2, 4, 8, 16, 32, 64], [1, 1_000_000],
            [1_000_000, 999_999, 0, 1], [.. Enumerable.Repeat(3, 40)], [.. Enumerable.Range(0, 60)]];

    protected abstract IBalancer Create(int seed);

    /// <summary>The n-th of many calls.</summary>
    protected virtual PickRequest Request(int number) => default;

    /// <summary>The part of the calls that each node is to get.</summary>
    protected virtual double[] Shares(int[] weights)
    {
        double total = weights.Sum(static weight => (double)weight);
        return [.. weights.Select(weight => total == 0 ? 1.0 / weights.Length : weight / total)];
    }

    protected virtual void AssertShares(int[] counts, double[] shares) => ChiSquared.AssertFits(counts, shares);

    [Fact]
    public void It_has_a_name() => Assert.Matches("^[a-z0-9:-]+$", Create(1).Name);

    [Theory]
    [MemberData(nameof(Weights))]
    public void C42_Shares_match_the_weights(int[] weights)
    {
        IBalancer balancer = Create(seed: 42);
        NodeSet nodes = TestNodes.Weighted(weights);
        int[] counts = new int[weights.Length];
        for (int i = 0; i < 60_000; i++) counts[balancer.Pick(nodes, Request(i))]++;
        AssertShares(counts, Shares(weights));
    }

    [Fact]
    public void Whatever_the_nodes_and_the_call_the_index_is_one_of_theirs()
    {
        Arbitrary<int[]> weights = Arb.From(
            Gen.NonEmptyListOf(Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, 1_000_000))).Select(static list => list.ToArray()));
        Prop.ForAll(weights, Arb.From(Gen.Choose(0, 1_000_000)), (found, seed) =>
        {
            IBalancer balancer = Create(seed);
            NodeSet nodes = TestNodes.Weighted(found);
            var random = new System.Random(seed);
            var tried = new List<NodeState>();
            foreach (NodeState node in nodes.Nodes)
            {
                node.IsConnected = random.Next(2) == 0;
                for (int i = random.Next(4); i > 0; i--) node.BeginCall();
                if (random.Next(3) == 0) tried.Add(node);
                if (random.Next(3) == 0) node.EndCall(random.Next(1, 1_000_000), (CallOutcome)random.Next(4));
            }

            for (int i = 0; i < 20; i++)
            {
                PickRequest request = Request(i) with { Tried = random.Next(2) == 0 ? tried : null, ConnectedOnly = random.Next(2) == 0 };
                int pick = balancer.Pick(nodes, request);
                if (pick < 0 || pick >= nodes.Count) return false;
                if (nodes.TotalWeight > 0 && nodes.Weights[pick] == 0) return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void One_node_takes_every_call_also_one_that_was_tried()
    {
        IBalancer balancer = Create(1);
        NodeSet nodes = TestNodes.Weighted(5);
        for (int i = 0; i < 100; i++) Assert.Equal(0, balancer.Pick(nodes, Request(i) with { Tried = [nodes[0]], ConnectedOnly = true }));
    }

    [Fact]
    public void Nodes_that_were_tried_are_avoided()
    {
        IBalancer balancer = Create(7);
        NodeSet nodes = TestNodes.Weighted(100, 100, 100, 100);
        int again = 0;
        for (int i = 0; i < 1_000; i++)
        {
            NodeState first = nodes[balancer.Pick(nodes, Request(i))];
            if (nodes[balancer.Pick(nodes, Request(i) with { Tried = [first] })] == first) again++;
        }

        // Drawing again a few times is enough: the selector does the rest.
        Assert.InRange(again, 0, 30);
    }

    [Fact]
    public void A_pick_allocates_nothing()
    {
        IBalancer balancer = Create(1);
        NodeSet few = TestNodes.Weighted(1, 2, 3);
        NodeSet many = TestNodes.Weighted([.. Enumerable.Range(1, 100)]);
        NodeState[] tried = [few[0], many[0]];
        Run();
        Assert.Equal(0, Allocations.Of(Run));

        void Run()
        {
            for (int i = 0; i < 2_000; i++)
            {
                balancer.Pick(few, Request(i));
                balancer.Pick(many, Request(i));
                balancer.Pick(many, Request(i) with { Tried = tried });
            }
        }
    }

    [Fact]
    public void Threads_pick_from_sets_that_come_and_go()
    {
        const int Threads = 2;
        IBalancer balancer = Create(1);
        NodeSet[] sets = [.. Enumerable.Range(0, 6).Select(static i => TestNodes.Weighted([.. Enumerable.Range(0, 1 + i * 11)]))];
        NodeSet current = sets[0];
        using var start = new Barrier(Threads);
        int picked = 0;
        Exception?[] failures = new Exception?[Threads];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            try
            {
                start.SignalAndWait();
                for (int i = 0; i < 20_000; i++)
                {
                    // One thread goes on with a set that another has replaced.
                    NodeSet nodes = Volatile.Read(ref current);
                    if (i % 500 == number) Volatile.Write(ref current, sets[i / 500 % sets.Length]);
                    int pick = balancer.Pick(nodes, Request(i));
                    _ = nodes[pick].InFlight;
                    if (nodes.TotalWeight > 0) Assert.NotEqual(0, nodes.Weights[pick]);
                    Interlocked.Increment(ref picked);
                }
            }
            catch (Exception e)
            {
                failures[number] = e;
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(failures, static failure => Assert.Null(failure));
        Assert.Equal(Threads * 20_000, picked);
    }
}
