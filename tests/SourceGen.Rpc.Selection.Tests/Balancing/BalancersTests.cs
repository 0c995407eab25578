using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class BalancersTests
{
    public static TheoryData<string> Names { get; } = [.. Balancers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_creates_a_balancer_of_that_name(string name)
    {
        IBalancer balancer = Balancers.Create(name);
        Assert.Equal(name == Balancers.LocalityAware ? "locality-aware:p2c" : name, balancer.Name);
        Assert.NotSame(balancer, Balancers.Create(name));
        Assert.InRange(balancer.Pick(TestNodes.Weighted(1, 2), default), 0, 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_makes_the_same_picks(string name)
    {
        NodeSet nodes = TestNodes.Weighted(1, 2, 3, 4, 5);
        Assert.Equal(Take(7), Take(7));

        string Take(int seed)
        {
            IBalancer balancer = Balancers.Create(name, new BalancerOptions { Seed = seed });
            return string.Concat(Enumerable.Range(0, 200).Select(_ => balancer.Pick(nodes, default)));
        }
    }

    [Fact]
    public void What_is_inside_is_named_after_a_colon() =>
        Assert.Equal("locality-aware:peak-ewma", Balancers.Create("locality-aware:peak-ewma", new BalancerOptions { Zone = "a" }).Name);

    [Theory]
    [InlineData("p3c", "'p3c'")]
    [InlineData("", "''")]
    [InlineData("P2C", "'P2C'")]
    [InlineData("locality-aware:p3c", "'p3c'")]
    public void An_unknown_name_is_refused_with_those_that_are_known(string name, string said)
    {
        string message = Assert.Throws<ArgumentException>(() => Balancers.Create(name)).Message;
        Assert.Contains($"There is no balancer {said}. There are: random, round-robin,", message, StringComparison.Ordinal);
        Assert.All(Balancers.Names, known => Assert.Contains(known, message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_nodes_are_an_error_of_the_caller(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Balancers.Create(name).Pick(NodeSet.Empty, default));
        Assert.Contains("no node", error.Message, StringComparison.Ordinal);
    }
}
