using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Filters;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Selector;

public sealed class SelectionTests
{
    [Fact]
    public async Task Next_waits_for_the_first_snapshot()
    {
        TaskCompletionSource gate = new();
        using Fixture fixture = new();
        fixture.Directory.Gate = gate.Task;
        fixture.Directory.SetNodes(TestServices.Nodes(1));
        using Selection selection = fixture.Selector.Select(TestServices.Condition);
        Assert.False(selection.IsKnown);
        Assert.False(selection.TryNext(default, out _));
        ValueTask<NodeState> next = selection.NextAsync(default);
        Assert.False(next.IsCompleted);
        gate.SetResult();
        Assert.Equal("node-0", (await next).Instance.Node.Id);
    }

    [Fact]
    public async Task Waiting_can_be_given_up_and_ends_when_the_selection_does()
    {
        using Fixture fixture = new();
        fixture.Directory.Gate = new TaskCompletionSource().Task;
        Selection selection = fixture.Selector.Select(TestServices.Condition);
        using CancellationTokenSource cancellation = new();
        ValueTask<NodeState> next = selection.NextAsync(default, cancellation.Token);
        ValueTask<NodeState> other = selection.NextAsync(default);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        selection.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await other);
    }

    [Fact]
    public async Task C36_A_registry_that_does_not_answer_is_not_one_that_knows_nobody()
    {
        using Fixture fixture = new();
        fixture.Directory.HasAnswered = false;
        using Selection selection = fixture.Selector.Select(TestServices.Condition);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await selection.NextAsync(default));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("the registry did not say which servers offer */Shop.Greeter:*. The registry is on holiday.", error.Detail, StringComparison.Ordinal);
        Assert.False(selection.IsKnown);

        Task changed = selection.Changed;
        fixture.Directory.HasAnswered = true;
        fixture.Directory.SetNodes(TestServices.Nodes(1));
        Assert.True(changed.IsCompleted);
        Assert.True(selection.IsKnown);
        Assert.True(selection.TryNext(default, out _));
    }

    [Fact]
    public async Task A_subscription_that_was_refused_is_begun_again_by_the_next_call()
    {
        using Fixture fixture = new();
        fixture.Directory.SetNodes(TestServices.Nodes(1));
        fixture.Directory.Failure = new RpcException(RpcStatusCode.ResourceExhausted, "There are too many services.");
        using Selection selection = fixture.Selector.Select(TestServices.Condition);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await selection.NextAsync(default));
        Assert.Equal((RpcStatusCode.ResourceExhausted, RpcCallProgress.NotSent), (error.Code, error.Progress));
        fixture.Directory.Failure = new InvalidOperationException("It is out of order.");
        error = await Assert.ThrowsAsync<RpcException>(async () => await selection.NextAsync(default));
        Assert.Contains("could not be looked up. It is out of order.", error.Detail, StringComparison.Ordinal);
        fixture.Directory.Failure = null;
        Assert.Equal("node-0", (await selection.NextAsync(default)).Instance.Node.Id);
        Assert.Contains(fixture.Log.Lines, static line => line.StartsWith("662 Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_stays_the_same_object_for_as_long_as_it_does_not_change()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        NodeState[] before = selection.Nodes.Nodes.ToArray();
        fixture.Directory.SetNodes([.. TestServices.Nodes(4)]);
        Assert.Equal(before, selection.Nodes.Nodes[..3].ToArray());
        fixture.Directory.SetNodes(TestServices.Nodes(4)[0], TestNodes.CreateNode(1, ("weight", "50")));
        Assert.Same(before[0], selection.Node(0));
        Assert.NotSame(before[1], selection.Node(1));
        Assert.NotEqual(before[0].Id, selection.Node(1).Id);
        Assert.Equal([100, 50], selection.Nodes.Weights.ToArray());
    }

    [Fact]
    public async Task Ids_are_small_and_never_two_nodes_of_one_time()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(5));
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            fixture.Directory.SetNodes([.. TestServices.Nodes(20).Where(_ => random.Next(2) == 0)]);
            int[] ids = [.. selection.AllNodes.Nodes.ToArray().Select(static node => node.Id)];
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.All(ids, static id => Assert.InRange(id, 0, 39)); // A set's nodes come before those of the set before it go.
        }
    }

    [Fact]
    public async Task What_is_known_of_a_process_outlives_a_change_of_its_weight_and_not_its_restart()
    {
        using Fixture fixture = new();
        DateTimeOffset start = fixture.Clock.GetUtcNow() - TimeSpan.FromHours(1);
        using Selection selection = await fixture.SelectAsync(TestServices.Started(0, start), TestServices.Started(1, start));
        fixture.Selector.Fail(selection.Node(0));
        fixture.Directory.SetNodes(TestServices.Started(0, start, weight: 50), TestServices.Started(1, start));
        Assert.Equal(["node-1"], selection.Nodes.Ids());
        fixture.Directory.SetNodes(TestServices.Started(0, start + TimeSpan.FromMinutes(30), weight: 50), TestServices.Started(1, start));
        Assert.Equal(2, selection.Nodes.Count);
    }

    [Fact]
    public async Task A_call_that_ends_after_its_node_has_gone_says_nothing_about_the_next_with_its_id()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(2)[1]);
        NodeState gone = selection.Node(1);
        fixture.Directory.SetNodes();
        fixture.Directory.SetNodes(TestServices.Nodes(2)[0], TestNodes.CreateNode(5));
        Assert.Contains(selection.AllNodes.Nodes.ToArray(), node => node.Id == gone.Id);
        fixture.Selector.Fail(gone, 10);
        Assert.Equal(2, selection.Nodes.Count);
        Assert.Equal(0, gone.InFlight);
        Assert.Null(fixture.Selector.GetEjection(gone));
    }

    [Fact]
    public async Task A_node_without_weight_is_called_only_when_nobody_else_is_there()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(1)[0], TestNodes.CreateNode(1, ("weight", "0")));
        Assert.Equal(["node-0"], selection.Nodes.Ids());
        Assert.Equal(2, selection.AllNodes.Count);
        fixture.Directory.SetNodes(TestNodes.CreateNode(1, ("weight", "0")));
        Assert.Equal(["node-1"], selection.Nodes.Ids());
    }

    [Fact]
    public async Task Slow_start_lets_new_and_returning_nodes_in_little_by_little()
    {
        using Fixture fixture = new(static options => options.SlowStart = TimeSpan.FromSeconds(100));
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(2));
        Assert.Equal([100, 100], selection.Nodes.Weights.ToArray()); // All there is, and none newer than the other.
        fixture.Directory.SetNodes(TestServices.Nodes(3));
        Assert.Equal([100, 100, 1], selection.Nodes.Weights.ToArray());
        fixture.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal([100, 100, 50], selection.Nodes.Weights.ToArray());
        fixture.Clock.Advance(TimeSpan.FromSeconds(51));
        Assert.Equal([100, 100, 100], selection.Nodes.Weights.ToArray());
        fixture.Selector.Fail(selection.Node(0));
        fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.True(selection.Nodes.Weights[0] < 10);
    }

    [Fact]
    public async Task The_set_is_the_same_object_while_nothing_changes_and_warming_up_makes_few_of_them()
    {
        using Fixture fixture = new();
        DateTimeOffset start = fixture.Clock.GetUtcNow();
        ServiceNode[] nodes = [TestServices.Started(0, start - TimeSpan.FromHours(1)), TestServices.Started(1, start)];
        using Selection selection = await fixture.SelectAsync(nodes);
        NodeSet before = selection.Nodes;
        fixture.Directory.SetNodes(nodes);
        Assert.Same(before, selection.Nodes);
        HashSet<NodeSet> sets = [before];
        for (int second = 0; second < 700; second++)
        {
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            sets.Add(selection.Nodes);
        }

        Assert.InRange(sets.Count, 19, 22);
    }

    [Fact]
    public async Task Ejections_and_restorations_are_logged_and_counted()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(2));
        fixture.Selector.Fail(selection.Node(0));
        Assert.Equal(new SelectorCounts(2, 1, 1, 0), fixture.Selector.Counts);
        fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(new SelectorCounts(2, 0, 1, 1), fixture.Selector.Counts);
        Assert.Equal(
            [
                "660 Warning: Shop.Greeter node-0 at tcp://10.0.0.1:5000 gets no calls for 00:00:30: 3 calls in a row failed (time 1 in a row)",
                "661 Information: Shop.Greeter node-0 at tcp://10.0.0.1:5000 gets calls again: its time is up",
            ],
            fixture.Log.Lines);
    }

    [Fact]
    public async Task A_rejected_call_says_that_a_node_is_alive_and_one_that_was_not_sent_says_nothing()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(2));
        fixture.Selector.Fail(selection.Node(0), 2);
        fixture.Selector.Call(selection.Node(0), CallOutcome.Rejected);
        fixture.Selector.Fail(selection.Node(0), 2);
        fixture.Selector.Call(selection.Node(0), CallOutcome.None);
        Assert.Null(fixture.Selector.GetEjection(selection.Node(0)));
        fixture.Selector.Fail(selection.Node(0), 1);
        Assert.NotNull(fixture.Selector.GetEjection(selection.Node(0)));
    }

    [Fact]
    public async Task A_selection_with_one_node_calls_it_though_another_one_leaves_it_out()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        SelectorOptions options = new();
        options.Filters.Add(new PredicateFilter("node-0", static instance => instance.Node.Id == "node-0"));
        using Selection single = fixture.Selector.Select(TestServices.Condition, options);
        await single.Until(static selection => selection.IsKnown, "the node is known");
        fixture.Selector.Fail(selection.Node(0));
        Assert.Equal(["node-1", "node-2"], selection.Nodes.Ids());
        Assert.Equal(["node-0"], single.Nodes.Ids());
    }

    [Fact]
    public async Task A_filter_that_fails_changes_nothing_and_is_told_to_calls_while_nothing_is_known()
    {
        bool fails = true;
        using Fixture fixture = new(options => options.Filters.Add(
            new PredicateFilter("moody", _ => fails ? throw new InvalidOperationException("Not today.") : true)));
        Selection selection = fixture.Selector.Select(TestServices.Condition);
        await selection.Until(static selection => selection.IsKnown, "nothing is known");
        fixture.Directory.Set(); // The directory's listeners are told, and none of them filters anything.
        Assert.Throws<InvalidOperationException>(() => fixture.Directory.SetNodes(TestServices.Nodes(2)));
        Assert.Equal(0, selection.Nodes.Count);
        fails = false;
        fixture.Directory.SetNodes(TestServices.Nodes(2));
        fails = true;
        Assert.Throws<InvalidOperationException>(() => fixture.Directory.SetNodes(TestServices.Nodes(3)));
        Assert.Equal(2, selection.Nodes.Count);
    }

    [Fact]
    public async Task Calls_with_a_tag_of_their_own_have_a_selection_of_their_own()
    {
        using Fixture fixture = new(static options =>
        {
            options.Filters.Add(new TagFilter());
            options.Filters.Add(new PredicateFilter("not node-3", static instance => instance.Node.Id != "node-3"));
        });
        ServiceNode[] nodes = [TestNodes.CreateNode(0), TestNodes.CreateNode(1, ("tags", "gray")), TestNodes.CreateNode(2, ("tags", "red")), TestNodes.CreateNode(3, ("tags", "gray"))];
        using Selection selection = await fixture.SelectAsync(nodes);
        Assert.Equal(["node-0"], selection.Nodes.Ids());
        Selection gray = selection.ForTag("gray");
        Assert.Equal(["node-1"], gray.Nodes.Ids());
        Assert.Same(gray, selection.ForTag("gray"));
        Assert.Same(gray, gray.ForTag("red").ForTag("gray"));
        Assert.Equal(["node-0"], selection.ForTag("blue").Nodes.Ids());
        Assert.Same(selection.ForTag(""), selection.ForTag("whatever callers make up"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await selection.ForTag("blue", isForced: true).NextAsync(default));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("tag=blue, forced leaves 0", error.Detail, StringComparison.Ordinal);

        // It follows what its parent is told, also about health, and ends with it.
        fixture.Directory.SetNodes([.. nodes, TestNodes.CreateNode(4, ("tags", "gray"))]);
        Assert.Equal(["node-1", "node-4"], gray.Nodes.Ids());
        fixture.Selector.Fail(gray.Node(4));
        Assert.Equal(["node-1"], gray.Nodes.Ids());
        fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(2, gray.Nodes.Count);
        fixture.Directory.SetNodes(nodes[0]);
        Assert.Equal(["node-0"], selection.ForTag("gray").Nodes.Ids());
        Assert.Equal(1, fixture.Selector.Counts.Nodes);
        selection.Dispose();
        Assert.Throws<ObjectDisposedException>(() => selection.ForTag("gray"));
    }

    [Fact]
    public async Task A_tag_that_was_asked_for_before_anything_was_known_takes_effect()
    {
        TaskCompletionSource gate = new();
        using Fixture fixture = new();
        fixture.Directory.Gate = gate.Task;
        fixture.Directory.SetNodes(TestNodes.CreateNode(0), TestNodes.CreateNode(1, ("tags", "gray")));
        using Selection selection = fixture.Selector.Select(TestServices.Condition);
        ValueTask<NodeState> next = selection.ForTag("gray").NextAsync(default);
        ValueTask<NodeState> other = selection.ForTag("blue").NextAsync(default);
        gate.SetResult();
        Assert.Equal("node-1", (await next).Instance.Node.Id);
        Assert.Equal("node-0", (await other).Instance.Node.Id);
    }

    [Fact]
    public async Task Selections_that_are_disposed_of_leave_nothing_behind()
    {
        using Fixture fixture = new();
        Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        fixture.Selector.Fail(selection.Node(0));
        selection.Dispose();
        selection.Dispose();
        Assert.Equal(0, fixture.Selector.Counts.Nodes);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (fixture.Directory.Listeners > 0) await Task.Delay(1, patience.Token);
    }

    [Fact]
    public void Options_are_checked_and_copied()
    {
        SelectorOptions options = new() { Warmup = TimeSpan.FromDays(2) };
        Assert.Contains("Warmup is 2.00:00:00", Assert.Throws<ArgumentException>(() => new Rpc.Selection.Selector(new FakeDirectory(), options)).Message, StringComparison.Ordinal);
        options.Warmup = TimeSpan.Zero;
        options.Ejection.MaxShare = 1;
        Assert.Contains("Ejection.MaxShare is 1; it must be from 0 to below 1", Assert.Throws<ArgumentException>(() => new Rpc.Selection.Selector(new FakeDirectory(), options)).Message, StringComparison.Ordinal);
        options.Ejection.MaxShare = 0.2;
        using Rpc.Selection.Selector selector = new(new FakeDirectory(), options);
        options.Ejection.MaxShare = 0.3;
        options.Filters.Add(new TagFilter());
        Assert.Equal(0.2, selector.Options.Ejection.MaxShare);
        Assert.Empty(selector.Options.Filters);
    }
}
