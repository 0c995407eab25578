using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Selection.Filters;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Selector;

/// <summary>What a selector does over whatever directory. The numbers are those of the conformance list.</summary>
public abstract class SelectorConformance : IAsyncLifetime
{
    private readonly List<IDisposable> _selectors = [];

    private protected ManualClock Clock { get; } = new();

    /// <summary>The directory.</summary>
    protected abstract IServiceDirectory Directory { get; }

    /// <summary>From now on the registry has these records and no others.</summary>
    protected abstract Task SetAsync(params ServiceRecord[] records);

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync()
    {
        foreach (IDisposable selector in _selectors) selector.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task C36_No_such_service_and_none_that_will_do_are_different_errors()
    {
        await SetNodesAsync(TestServices.Nodes(2));
        ISelector selector = Create(options => options.Filters.Add(new TagFilter("gray", isForced: true)));

        using Selection unknown = selector.Select(ServiceUrl.Parse("consumer://localhost/Shop.Unknown"));
        RpcException notFound = await Assert.ThrowsAsync<RpcException>(async () => await unknown.NextAsync(default));
        Assert.Equal((RpcStatusCode.NotFound, RpcCallProgress.NotSent), (notFound.Code, notFound.Progress));
        Assert.Contains("no server of Shop.Unknown", notFound.Detail, StringComparison.Ordinal);

        using Selection filtered = selector.Select(TestServices.Condition);
        RpcException unavailable = await Assert.ThrowsAsync<RpcException>(async () => await filtered.NextAsync(default));
        Assert.Equal((RpcStatusCode.Unavailable, RpcCallProgress.NotSent), (unavailable.Code, unavailable.Progress));
        Assert.Contains("2 servers of */Shop.Greeter:* are known, and the filters leave none: tag=gray, forced leaves 0", unavailable.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C36_None_that_will_do_names_the_nodes_that_are_ejected_and_for_how_long()
    {
        await SetNodesAsync(TestServices.Nodes(2));
        (ISelector selector, Selection selection) = await SelectAsync(2);
        selector.Fail(selection.Node(0));
        Clock.Advance(TimeSpan.FromSeconds(10));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await selection.NextAsync(new PickRequest { ConnectedOnly = true }));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains("none of the 2 servers", error.Detail, StringComparison.Ordinal);
        Assert.Contains("node-0 at tcp://10.0.0.1:5000 for another 20 s (3 calls in a row failed)", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C37_Filters_compose_and_leave_their_input_alone()
    {
        ServiceNode[] nodes = [TestNodes.CreateNode(0, ("tags", "gray")), TestNodes.CreateNode(1, ("tags", "gray")), TestNodes.CreateNode(2)];
        await SetNodesAsync(nodes);
        IReadOnlyList<ServiceInstance>? given = null;
        ISelector selector = Create();
        SelectorOptions options = new() { TimeProvider = Clock };
        options.Filters.Add(new TagFilter("gray"));
        options.Filters.Add(new PredicateFilter("not node-0", instance => instance.Node.Id != "node-0"));
        options.Filters.Add(new SpyFilter(instances => given = instances));
        using Selection selection = selector.Select(TestServices.Condition, options);
        await selection.Until(static selection => selection.IsKnown, "the nodes are known");
        Assert.Equal(["node-1"], selection.Nodes.Ids());
        Assert.Single(given!);

        using Selection all = selector.Select(TestServices.Condition);
        await all.Until(static selection => selection.IsKnown, "the nodes are known");
        Assert.Equal(3, all.Nodes.Count);
        Assert.Same(selection.Node(1), all.Node(1)); // What is known of a node is shared.
    }

    [Fact]
    public async Task C39_Next_avoids_what_was_tried_while_there_are_others()
    {
        await SetNodesAsync(TestServices.Nodes(20));
        (_, Selection selection) = await SelectAsync(20);
        for (int call = 0; call < 50; call++)
        {
            List<NodeState> tried = [];
            for (int i = 0; i < 20; i++)
            {
                Assert.True(selection.TryNext(new PickRequest { Tried = tried }, out NodeState? node));
                Assert.DoesNotContain(node, tried);
                tried.Add(node);
            }

            Assert.True(selection.TryNext(new PickRequest { Tried = tried }, out NodeState? again));
            Assert.Contains(again, tried);
        }
    }

    [Fact]
    public async Task C39_A_node_without_a_connection_is_not_selected_when_one_is_needed()
    {
        await SetNodesAsync(TestServices.Nodes(20));
        (_, Selection selection) = await SelectAsync(20);
        PickRequest request = new() { ConnectedOnly = true };
        Assert.False(selection.TryNext(request, out _));
        selection.Node(13).IsConnected = true;
        Assert.True(selection.TryNext(request, out NodeState? node));
        Assert.Same(selection.Node(13), node);

        // Tried, but the only one there is.
        Assert.True(selection.TryNext(request with { Tried = [node] }, out NodeState? again));
        Assert.Same(node, again);
    }

    [Fact]
    public async Task C40_Failures_in_a_row_eject_a_node_for_a_time_that_grows()
    {
        await SetNodesAsync(TestServices.Nodes(3));
        (ISelector selector, Selection selection) = await SelectAsync(3);
        NodeState node = selection.Node(1);

        selector.Fail(node, 2);
        selector.Call(node, CallOutcome.Success);
        selector.Fail(node, 2);
        Assert.Null(selector.GetEjection(node));
        selector.Call(node, CallOutcome.Failure);

        foreach (int seconds in new[] { 30, 60, 120, 240, 300, 300 })
        {
            Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds), selector.GetEjection(node)!.Until);
            Assert.Equal(["node-0", "node-2"], selection.Nodes.Ids());
            Assert.Equal(3, selection.AllNodes.Count);
            Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(2));
            Assert.Equal(2, selection.Nodes.Count);
            Clock.Advance(TimeSpan.FromMilliseconds(4));
            Assert.Equal(3, selection.Nodes.Count);
            selector.Call(node, CallOutcome.Failure); // The first one is enough when it has just come back.
        }
    }

    [Fact]
    public async Task C40_A_success_restores_a_node_and_its_time_shrinks_again()
    {
        await SetNodesAsync(TestServices.Nodes(3));
        (ISelector selector, Selection selection) = await SelectAsync(3);
        NodeState node = selection.Node(1);
        selector.Fail(node);
        Clock.Advance(TimeSpan.FromSeconds(31));
        selector.Call(node, CallOutcome.Failure);
        Assert.Equal(2, selector.GetEjection(node)!.Count);

        // What was sent before it was ejected is old news; what was sent since is not.
        selector.Call(node, CallOutcome.Success, TimeSpan.FromMinutes(1));
        Assert.NotNull(selector.GetEjection(node));
        selector.Call(node, CallOutcome.Success);
        Assert.Null(selector.GetEjection(node));
        Assert.Equal(3, selection.Nodes.Count);

        Clock.Advance(TimeSpan.FromMinutes(2));
        selector.Fail(node);
        Assert.Equal(1, selector.GetEjection(node)!.Count);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(10, 5)]
    public async Task C40_Never_are_all_nodes_ejected(int nodes, int left)
    {
        await SetNodesAsync(TestServices.Nodes(nodes));
        (ISelector selector, Selection selection) = await SelectAsync(nodes);
        for (int id = 0; id < nodes; id++) selector.Fail(selection.Node(id));
        Assert.Equal(left, selection.Nodes.Count);
        Assert.Equal(nodes, selection.AllNodes.Count);
        Assert.True(selection.TryNext(default, out _));
    }

    [Fact]
    public async Task C40_An_ejected_node_is_called_when_no_other_can_be()
    {
        await SetNodesAsync(TestServices.Nodes(2));
        (ISelector selector, Selection selection) = await SelectAsync(2);
        NodeState ejected = selection.Node(0);
        selector.Fail(ejected);
        ejected.IsConnected = true;
        Assert.True(selection.TryNext(new PickRequest { ConnectedOnly = true }, out NodeState? node));
        Assert.Same(ejected, node);
        selection.Node(1).IsConnected = true;
        Assert.True(selection.TryNext(new PickRequest { ConnectedOnly = true }, out node));
        Assert.Same(selection.Node(1), node);
    }

    [Fact]
    public async Task C41_Reset_clears_the_marks_of_a_service_and_of_no_other()
    {
        ServiceRecord other = new("Shop.Other") { Nodes = [.. TestServices.Nodes(2)] };
        await SetAsync(new ServiceRecord(TestServices.Name) { Nodes = [.. TestServices.Nodes(2)] }, other);
        (ISelector selector, Selection selection) = await SelectAsync(2);
        using Selection others = selector.Select(ServiceUrl.Parse("consumer://localhost/Shop.Other"));
        await others.Until(static selection => selection.IsKnown, "the nodes are known");
        selector.Fail(selection.Node(0));
        selector.Fail(others.Node(0));
        selector.Reset(TestServices.Name);
        Assert.Equal(2, selection.Nodes.Count);
        Assert.Null(selector.GetEjection(selection.Node(0)));
        Assert.NotNull(selector.GetEjection(others.Node(0)));
        selector.Fail(selection.Node(0));
        Assert.Equal(1, selector.GetEjection(selection.Node(0))!.Count);
    }

    [Fact]
    public async Task C41_After_Close_nothing_can_be_selected()
    {
        await SetNodesAsync(TestServices.Nodes(2));
        (ISelector selector, Selection selection) = await SelectAsync(2);
        NodeState node = selection.Node(0);
        Task changed = selection.Changed;
        selector.Close();
        selector.Close();
        Assert.True(changed.IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => selector.Select(TestServices.Condition));
        Assert.Throws<ObjectDisposedException>(() => selection.TryNext(default, out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await selection.NextAsync(default));
        node.BeginCall();
        selector.Mark(node, 0, CallOutcome.Failure); // A call that was under way.
        Assert.Equal(0, node.InFlight);
        Assert.Equal(0, Clock.Waiting());
    }

    [Fact]
    public async Task C43_A_node_that_warms_up_has_the_weight_that_its_uptime_gives_it()
    {
        DateTimeOffset start = Clock.GetUtcNow();
        await SetNodesAsync(TestServices.Started(0, start - TimeSpan.FromHours(1)), TestServices.Started(1, start), TestServices.Started(2, start, weight: 600), TestServices.Nodes(4)[3]);
        (_, Selection selection) = await SelectAsync(4);
        NodeState[] nodes = [.. Enumerable.Range(0, 4).Select(id => selection.Node(id))];
        Assert.Equal([100, 1, 1, 100], Weights());
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([100, 10, 60, 100], Weights());
        Clock.Advance(TimeSpan.FromSeconds(240));
        Assert.Equal([100, 50, 300, 100], Weights());
        Clock.Advance(TimeSpan.FromSeconds(270));
        Assert.Equal([100, 95, 570, 100], Weights());
        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal([100, 100, 600, 100], Weights());
        Assert.Equal(0, Clock.Waiting()); // Nothing changes any more.

        int[] Weights() => [.. nodes.Select(node => selection.Nodes.Weights[selection.Nodes.Nodes.IndexOf(node)])];
    }

    [Fact]
    public async Task C43_A_fleet_that_was_just_started_has_equal_shares()
    {
        DateTimeOffset start = Clock.GetUtcNow();
        await SetNodesAsync(TestServices.Started(0, start), TestServices.Started(1, start - TimeSpan.FromSeconds(20)), TestServices.Started(2, start - TimeSpan.FromSeconds(60)));
        (_, Selection selection) = await SelectAsync(3);
        Assert.Equal([100, 100, 100], selection.Nodes.Weights.ToArray());

        await SetNodesAsync(TestServices.Started(0, start), TestServices.Started(1, start - TimeSpan.FromSeconds(20)), TestServices.Started(2, start - TimeSpan.FromSeconds(61)));
        await selection.Until(static selection => selection.Nodes.Weights.Contains(10), "one is older than the others by more than a tenth of the warm-up");
    }

    private protected ISelector Create(Action<SelectorOptions>? configure = null)
    {
        SelectorOptions options = new() { TimeProvider = Clock };
        configure?.Invoke(options);
        Rpc.Selection.Selector selector = new(Directory, options);
        _selectors.Add(selector);
        return selector;
    }

    private protected async Task<(ISelector Selector, Selection Selection)> SelectAsync(int nodes, Action<SelectorOptions>? configure = null)
    {
        ISelector selector = Create(configure);
        Selection selection = selector.Select(TestServices.Condition);
        await selection.NextAsync(default);
        await selection.Until(selection => selection.AllNodes.Count == nodes, $"there are {nodes} nodes");
        return (selector, selection);
    }

    private protected Task SetNodesAsync(params ServiceNode[] nodes) => SetAsync(new ServiceRecord(TestServices.Name) { Nodes = [.. nodes] });

    private sealed class SpyFilter(Action<IReadOnlyList<ServiceInstance>> look) : INodeFilter
    {
        public string Name => "spy";

        public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
        {
            look(instances);
            return instances;
        }
    }
}
