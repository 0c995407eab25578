using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Health;

public sealed class OutlierTests
{
    [Fact]
    public async Task A_node_whose_calls_fail_more_often_than_the_others_is_ejected_at_the_end_of_the_interval()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(6));
        CallAll(fixture, selection, failing: 3, failuresOf100: 30);
        Assert.Null(fixture.Selector.GetEjection(selection.Node(3)));
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        NodeEjection ejection = fixture.Selector.GetEjection(selection.Node(3))!;
        Assert.Equal(EjectionReason.SuccessRate, ejection.Reason);
        Assert.Equal("70.0 % of 100 calls succeeded, and 95.0 % of those to all nodes", ejection.Detail);
        Assert.Equal(5, selection.Nodes.Count);

        // One success says nothing about how often it fails.
        fixture.Selector.Call(selection.Node(3), CallOutcome.Success);
        Assert.NotNull(fixture.Selector.GetEjection(selection.Node(3)));
        fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(6, selection.Nodes.Count);
        Assert.Equal(new SelectorCounts(6, 0, 1, 1), fixture.Selector.Counts);
    }

    [Theory]
    [InlineData(4, 30, 100)] // Too few nodes.
    [InlineData(6, 30, 99)] // Too few calls.
    [InlineData(6, 4, 100)] // An outlier by its deviation, and yet good enough.
    public async Task A_node_is_not_ejected_for_what_may_be_chance(int nodes, int failures, int calls)
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(nodes));
        CallAll(fixture, selection, failing: 1, failures, calls);
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(nodes, selection.Nodes.Count);
    }

    [Fact]
    public async Task What_happened_before_the_interval_does_not_count()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(6));
        for (int id = 0; id < 6; id++)
        {
            for (int i = 0; i < 10_000; i++) fixture.Selector.Call(selection.Node(id), CallOutcome.Success);
        }

        fixture.Clock.Advance(TimeSpan.FromHours(1));
        CallAll(fixture, selection, failing: 2, failuresOf100: 30);
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(fixture.Selector.GetEjection(selection.Node(2)));
    }

    [Fact]
    public async Task No_timer_runs_while_nothing_fails()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(6));
        Assert.Equal(0, fixture.Clock.Waiting());
        fixture.Selector.Call(selection.Node(0), CallOutcome.Failure);
        Assert.Equal(1, fixture.Clock.Waiting());
        fixture.Clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(0, fixture.Clock.Waiting());
    }

    [Fact]
    public async Task A_node_that_is_slower_than_the_others_is_ejected_when_that_is_asked_for()
    {
        using Fixture fixture = new(static options => options.Ejection.LatencyFactor = 1.9);
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(10));
        for (int id = 0; id < 10; id++)
        {
            for (int i = 0; i < 100; i++) fixture.Selector.Call(selection.Node(id), CallOutcome.Success, TimeSpan.FromMilliseconds(id == 7 ? 100 : 10));
        }

        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        NodeEjection ejection = fixture.Selector.GetEjection(selection.Node(7))!;
        Assert.Equal(EjectionReason.Latency, ejection.Reason);
        Assert.Equal("its 100 calls took 100 ms each, and those to all nodes 19 ms", ejection.Detail);
        Assert.Equal(9, selection.Nodes.Count);
    }

    [Fact]
    public async Task A_node_that_is_a_little_slower_is_not()
    {
        using Fixture fixture = new(static options => options.Ejection.LatencyFactor = 1.9);
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(10));
        for (int id = 0; id < 10; id++)
        {
            for (int i = 0; i < 100; i++) fixture.Selector.Call(selection.Node(id), CallOutcome.Success, TimeSpan.FromMilliseconds(id == 7 ? 11 : 10));
        }

        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, selection.Nodes.Count);
    }

    /// <summary>So many calls to each node, of which one node's fail now and then, but never three in a row.</summary>
    private static void CallAll(Fixture fixture, Selection selection, int failing, int failuresOf100, int calls = 100)
    {
        NodeState[] nodes = [selection.Node(failing), .. selection.AllNodes.Nodes.ToArray().Where(node => node != selection.Node(failing))];
        for (int i = 0; i < calls; i++)
        {
            bool fails = i % 3 == 0 && i / 3 < failuresOf100;
            for (int node = 0; node < nodes.Length; node++) fixture.Selector.Call(nodes[node], fails && node == 0 ? CallOutcome.Failure : CallOutcome.Success);
        }
    }
}
