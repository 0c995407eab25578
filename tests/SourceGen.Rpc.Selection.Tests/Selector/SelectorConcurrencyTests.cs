using System.Diagnostics;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Selector;

public sealed class SelectorConcurrencyTests
{
    [Fact]
    public async Task Calls_go_on_while_nodes_come_go_and_are_ejected()
    {
        const int Calls = 100_000;
        using Fixture fixture = new(static options => options.SlowStart = TimeSpan.FromSeconds(1));
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(20));
        Task[] callers = [.. Enumerable.Range(0, 2).Select(seed => Task.Factory.StartNew(
            () =>
            {
                Random random = new(seed);
                for (int i = 0; i < Calls; i++)
                {
                    Assert.True(selection.TryNext(default, out NodeState? node));
                    node.BeginCall();
                    int kind = random.Next(8);
                    fixture.Selector.Mark(node, 1, kind < 5 ? CallOutcome.Failure : kind == 5 ? CallOutcome.None : CallOutcome.Success);
                }
            },
            TaskCreationOptions.LongRunning))];
        Task calling = Task.WhenAll(callers);
        HashSet<NodeState> seen = [.. selection.AllNodes.Nodes.ToArray()];
        Random changes = new(42);
        while (!calling.IsCompleted)
        {
            fixture.Directory.SetNodes([.. TestServices.Nodes(20).Where((_, id) => id == 0 || changes.Next(4) > 0)]);
            seen.UnionWith(selection.AllNodes.Nodes.ToArray());
            fixture.Clock.Advance(TimeSpan.FromSeconds(changes.Next(20)));
        }

        await calling;
        Assert.All(seen, static node => Assert.Equal(0, node.InFlight));
        SelectorCounts counts = fixture.Selector.Counts;
        Assert.Equal(selection.AllNodes.Count, counts.Nodes);
        Assert.True(counts.Ejections > 0);

        // Nothing has gone astray: when all time is up, all nodes are called again.
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, fixture.Selector.Counts.Ejected);
        Assert.Equal(selection.AllNodes.Count, selection.Nodes.Count);
        Assert.Equal(0, fixture.Clock.Waiting());
    }

    [Fact]
    public async Task A_call_that_comes_while_the_directory_answers_for_the_first_time_finds_what_it_told()
    {
        FakeDirectory directory = new();
        directory.SetNodes(TestServices.Nodes(3));
        ServiceUrl condition = ServiceUrl.Parse($"consumer://localhost/{TestServices.Name}");
        for (int round = 0; round < 5_000; round++)
        {
            using SourceGen.Rpc.Selection.Selector selector = new(directory);
            using Selection selection = selector.Select(condition);
            await selection.NextAsync(default);
        }
    }

    [Fact]
    public async Task A_call_costs_the_selector_no_allocation()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync([.. TestServices.Nodes(999), TestNodes.CreateNode(999, ("tags", "gray"))]);
        NodeState[] nodes = selection.Nodes.Nodes.ToArray();
        NodeState[] tried = [nodes[0], nodes[1]];
        Call(fixture, selection, default);
        foreach (NodeState node in nodes)
        {
            // A node's own counters are made by its first call.
            node.BeginCall();
            fixture.Selector.Mark(node, elapsed: 1, CallOutcome.Success);
        }

        Call(fixture, selection, new PickRequest { Tried = tried });
        Call(fixture, selection, new PickRequest { Tried = nodes });
        Call(fixture, selection.ForTag("gray"), default);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                Call(fixture, selection, default);
                Call(fixture, selection, new PickRequest { Tried = tried });
                Call(fixture, selection.ForTag("gray"), default);
            }
        }));
        Assert.Equal(0, nodes.Sum(static node => node.InFlight));

        static void Call(Fixture fixture, Selection selection, in PickRequest request)
        {
            Assert.True(selection.TryNext(request, out NodeState? node));
            long began = Stopwatch.GetTimestamp();
            node.BeginCall();
            fixture.Selector.Mark(node, Stopwatch.GetTimestamp() - began, CallOutcome.Success);
        }
    }
}
