using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class LocalityAwareTests
{
    [Fact]
    public void Calls_stay_in_the_zone_and_the_balancer_inside_picks()
    {
        NodeSet nodes = Zones("a", "b", "a", "b");
        LocalityAwareBalancer balancer = Create("a");
        Assert.Equal("locality-aware:round-robin", balancer.Name);
        Assert.Equal([0, 2, 0, 2, 0, 2], Take(balancer, nodes, 6));
    }

    [Theory]
    [InlineData("c")]
    [InlineData("")]
    public void A_zone_without_nodes_or_that_is_not_known_calls_all(string zone)
    {
        Assert.Equal([0, 1, 2, 0], Take(Create(zone), Zones("a", "", "b"), 4));
    }

    [Fact]
    public void A_zone_with_less_than_its_share_of_the_nodes_keeps_what_it_can_take()
    {
        // One of ten nodes, one of three zones: three tenths.
        NodeSet nodes = Zones("a", "b", "b", "b", "b", "c", "c", "c", "c", "c");
        LocalityAwareBalancer balancer = Create("a");
        int near = Take(balancer, nodes, 30_000).Count(static pick => pick == 0);
        ChiSquared.AssertFits([near, 30_000 - near], [0.3, 0.7]);
    }

    [Fact]
    public void A_zone_with_too_few_nodes_is_not_preferred()
    {
        var balancer = new LocalityAwareBalancer("a", static () => new RoundRobinBalancer(), minimumNodes: 2);
        Assert.Equal([0, 1, 2, 0], Take(balancer, Zones("a", "b", "b"), 4));
    }

    [Fact]
    public void Calls_leave_a_zone_that_is_busier_than_the_others_by_more_than_the_factor()
    {
        var balancer = new LocalityAwareBalancer("a", static () => new RoundRobinBalancer(), overloadFactor: 2, freeCalls: 4, seed: 1);
        NodeSet nodes = Zones("a", "a", "b", "b");
        int[] counts = new int[4];
        for (int i = 0; i < 120; i++)
        {
            int pick = balancer.Pick(nodes, default);
            nodes[pick].BeginCall();
            counts[pick]++;
        }

        // None has ended: twice as many are left in the zone as outside.
        Assert.InRange(counts[0] + counts[1], 76, 84);

        // They end: all go to the zone again.
        foreach (NodeState node in nodes.Nodes)
        {
            while (node.InFlight > 0) node.EndCall(1, CallOutcome.Success);
        }

        Take(balancer, nodes, 4);
        Assert.Equal(8, Take(balancer, nodes, 8).Count(static pick => pick < 2));
    }

    [Fact]
    public void Few_calls_do_not_leave_the_zone()
    {
        LocalityAwareBalancer balancer = Create("a");
        NodeSet nodes = Zones("a", "b");
        for (int i = 0; i < LocalityAwareBalancer.DefaultFreeCalls; i++)
        {
            Assert.Equal(0, balancer.Pick(nodes, default));
            nodes[0].BeginCall();
        }
    }

    [Fact]
    public void A_call_that_was_tried_at_all_nodes_of_the_zone_leaves_it()
    {
        NodeSet nodes = Zones("a", "a", "b");
        LocalityAwareBalancer balancer = Create("a");
        Assert.Equal(2, balancer.Pick(nodes, new() { Tried = [nodes[0], nodes[1]] }));
        Assert.InRange(balancer.Pick(nodes, new() { Tried = [nodes[0], nodes[1], nodes[2]] }), 0, 2);
    }

    [Fact]
    public void Nodes_without_weight_do_not_make_a_zone()
    {
        NodeSet nodes = Zones("a", "b", "c");
        LocalityAwareBalancer balancer = Create("a");
        Assert.Equal(4, Take(balancer, new NodeSet(nodes.Nodes, [0, 1, 1]), 4).Count(static pick => pick > 0));
        Assert.Equal([0, 0, 0], Take(Create("a"), new NodeSet(nodes.Nodes, [1, 0, 0]), 3));
        Assert.Equal([0, 0, 0], Take(Create("a"), new NodeSet(nodes.Nodes, [0, 0, 0]), 3));
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Func<IBalancer> inner = static () => new RandomBalancer();
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalityAwareBalancer("a", inner, overloadFactor: 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalityAwareBalancer("a", inner, freeCalls: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalityAwareBalancer("a", inner, minimumNodes: 0));
    }

    private static LocalityAwareBalancer Create(string zone) => new(zone, static () => new RoundRobinBalancer(), seed: 3);

    private static int[] Take(IBalancer balancer, NodeSet nodes, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => balancer.Pick(nodes, default))];

    private static NodeSet Zones(params string[] zones) =>
        new([.. zones.Select(static (zone, id) => TestNodes.Create(id, (ServiceMetadataKeys.Zone, zone)))]);
}
