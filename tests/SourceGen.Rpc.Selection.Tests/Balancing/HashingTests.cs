using FsCheck;
using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class HashingTests
{
    private const int Keys = 20_000;

    public static TheoryData<string, int, int> Fleets { get; } = new()
    {
        { Balancers.ConsistentHash, 10, 100 },
        { Balancers.ConsistentHash, 200, 100 },
        { Balancers.ConsistentHash, 30, 0 },
        { Balancers.Rendezvous, 10, 100 },
        { Balancers.Rendezvous, 200, 100 },
        { Balancers.Rendezvous, 30, 0 },
    };

    [Theory]
    [MemberData(nameof(Fleets))]
    public void C44_Removing_one_node_moves_its_keys_and_no_others(string name, int count, int weight)
    {
        NodeSet all = TestNodes.Weighted([.. Enumerable.Repeat(weight, count)]);
        NodeSet fewer = Without(all, 3);
        IBalancer balancer = Balancers.Create(name);
        NodeState[] before = Place(balancer, all);
        NodeState[] after = Place(balancer, fewer);
        int moved = 0;
        for (int i = 0; i < Keys; i++)
        {
            if (before[i] == after[i]) continue;
            Assert.Same(all[3], before[i]);
            moved++;
        }

        Assert.Equal(before.Count(node => node == all[3]), moved);
        Assert.InRange(moved, 0.6 * Keys / count, 1.4 * Keys / count);

        // It comes back, and has the same keys again.
        Assert.Equal(before, Place(balancer, Copy(all)));
    }

    [Theory]
    [InlineData(Balancers.ConsistentHash)]
    [InlineData(Balancers.Rendezvous)]
    public void C44_A_node_with_another_weight_takes_and_gives_keys_of_its_own_only(string name)
    {
        NodeSet before = TestNodes.Weighted(100, 100, 100, 40, 100, 100);
        NodeSet after = new([.. before.Nodes], [100, 100, 100, 80, 100, 100]);
        IBalancer balancer = Balancers.Create(name);
        NodeState[] old = Place(balancer, before);
        NodeState[] now = Place(balancer, after);
        for (int i = 0; i < Keys; i++)
            Assert.True(old[i] == now[i] || now[i] == before[3], "A key went to a node whose weight did not change.");

        int had = old.Count(node => node == before[3]);
        Assert.InRange(now.Count(node => node == before[3]), 1.4 * had, 2.3 * had);
    }

    [Theory]
    [InlineData(Balancers.ConsistentHash)]
    [InlineData(Balancers.Rendezvous)]
    public void What_is_made_from_the_set_before_equals_what_is_made_anew(string name)
    {
        Prop.ForAll(Arb.From(Gen.ListOf(Gen.Choose(0, int.MaxValue - 1))), changes =>
        {
            IBalancer balancer = Balancers.Create(name);
            var nodes = new List<(NodeState Node, int Weight)>();
            int id = 0;
            for (; id < 6; id++) nodes.Add((TestNodes.Create(id), 100));
            foreach (int change in changes)
            {
                switch (change % 4)
                {
                    case 0 when nodes.Count > 1:
                        nodes.RemoveAt(change / 4 % nodes.Count);
                        break;
                    case 1:
                        nodes.Insert(change / 4 % (nodes.Count + 1), (TestNodes.Create(id++), 100));
                        break;
                    case 2:
                        int index = change / 4 % nodes.Count;
                        nodes[index] = (nodes[index].Node, change / 64 % 4 * 50);
                        break;
                    default:
                        nodes.Reverse();
                        break;
                }

                var set = new NodeSet([.. nodes.Select(static pair => pair.Node)], [.. nodes.Select(static pair => pair.Weight)]);
                IBalancer fresh = Balancers.Create(name);
                for (int key = 0; key < 50; key++)
                {
                    PickRequest request = new() { Key = KeyHash.Of(key) };
                    if (balancer.Pick(set, request) != fresh.Pick(set, request)) return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(Balancers.ConsistentHash)]
    [InlineData(Balancers.Rendezvous)]
    public void The_second_choice_of_a_key_is_where_it_goes_when_the_first_is_gone(string name)
    {
        IBalancer balancer = Balancers.Create(name);
        NodeSet all = TestNodes.Weighted(100, 50, 100, 100, 70);
        for (int key = 0; key < 500; key++)
        {
            PickRequest request = new() { Key = KeyHash.Of(key) };
            int first = balancer.Pick(all, request);
            NodeState second = all[balancer.Pick(all, request with { Tried = [all[first]] })];
            NodeSet fewer = Without(all, first);
            Assert.Same(second, fewer[Balancers.Create(name).Pick(fewer, request)]);

            // So it is with the third, and with nodes that have no connection.
            foreach (NodeState node in all.Nodes) node.IsConnected = node != all[first] && node != second;
            NodeState third = all[balancer.Pick(all, request with { Tried = [all[first], second] })];
            Assert.Same(third, all[balancer.Pick(all, request with { ConnectedOnly = true })]);
        }
    }

    [Fact]
    public void Keys_are_where_they_were_in_every_process_and_version()
    {
        NodeSet nodes = TestNodes.Weighted(100, 100, 100, 100, 100);
        Assert.Equal("43434002334020300303333301303403", Picks(Balancers.ConsistentHash));
        Assert.Equal("22341043042004224133204322212242", Picks(Balancers.Rendezvous));

        string Picks(string name)
        {
            IBalancer balancer = Balancers.Create(name);
            return string.Concat(Enumerable.Range(0, 32).Select(i => balancer.Pick(nodes, new() { Key = KeyHash.Of($"user-{i}") })));
        }
    }

    [Fact]
    public void A_server_that_comes_back_at_its_address_has_its_keys_again()
    {
        NodeSet before = TestNodes.Weighted(100, 100, 100);
        var again = new NodeState(before[1].Instance with { Node = before[1].Instance.Node with { Id = "another-id" } }, 7);
        var after = new NodeSet([before[0], again, before[2]], [100, 100, 100]);
        foreach (string name in new[] { Balancers.ConsistentHash, Balancers.Rendezvous })
        {
            IBalancer balancer = Balancers.Create(name);
            for (int key = 0; key < 500; key++)
                Assert.Equal(balancer.Pick(before, new() { Key = KeyHash.Of(key) }), balancer.Pick(after, new() { Key = KeyHash.Of(key) }));
        }
    }

    [Theory]
    [InlineData(10, 1.25)]
    [InlineData(10, 2)]
    [InlineData(50, 1.1)]
    public void No_node_gets_more_than_the_bound_even_if_all_calls_have_few_keys(int count, double factor)
    {
        var balancer = new ConsistentHashBalancer(factor, freeCalls: 0);
        NodeSet nodes = TestNodes.Weighted([.. Enumerable.Repeat(100, count)]);
        for (int calls = 1; calls <= 2_000; calls++)
        {
            int pick = balancer.Pick(nodes, new() { Key = KeyHash.Of(calls % 3) });
            nodes[pick].BeginCall();

            // No call ends, so the mean it goes by is the true one.
            Assert.InRange(nodes[pick].InFlight, 1, Math.Ceiling(factor * calls / count));
        }
    }

    [Fact]
    public void A_key_stays_at_its_node_while_that_has_room_and_returns_when_it_has_again()
    {
        var balancer = new ConsistentHashBalancer(freeCalls: 4);
        NodeSet nodes = TestNodes.Weighted(100, 100, 100, 100);
        PickRequest request = new() { Key = 99 };
        int own = balancer.Pick(nodes, request);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(own, balancer.Pick(nodes, request));
            nodes[own].BeginCall();
        }

        int other = balancer.Pick(nodes, request);
        Assert.NotEqual(own, other);
        Assert.Equal(other, balancer.Pick(nodes, request));
        Assert.Equal(own, new ConsistentHashBalancer(double.PositiveInfinity, 0).Pick(nodes, request));
        nodes[own].EndCall(1, CallOutcome.Success);
        Assert.Equal(own, balancer.Pick(nodes, request));
    }

    [Fact]
    public void Factors_that_bound_nothing_are_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(static () => new ConsistentHashBalancer(1));
        Assert.Contains("above 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ConsistentHashBalancer(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ConsistentHashBalancer(freeCalls: -1));
    }

    private static NodeState[] Place(IBalancer balancer, NodeSet nodes) =>
        [.. Enumerable.Range(0, Keys).Select(key => nodes[balancer.Pick(nodes, new() { Key = KeyHash.Of(key) })])];

    private static NodeSet Copy(NodeSet nodes) => new(nodes.Nodes, nodes.Weights);

    private static NodeSet Without(NodeSet nodes, int index) =>
        new([.. nodes.Nodes[..index], .. nodes.Nodes[(index + 1)..]], [.. nodes.Weights[..index], .. nodes.Weights[(index + 1)..]]);
}
