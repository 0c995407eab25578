using System.Collections.Concurrent;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Health;

public sealed class ProbeTests
{
    private readonly ConcurrentDictionary<string, bool> _isWell = new();
    private readonly SemaphoreSlim _asked = new(0);

    [Fact]
    public async Task An_ejected_node_that_is_well_again_is_restored_at_once()
    {
        using Fixture fixture = Create();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        Assert.Equal(0, fixture.Clock.Waiting()); // Nobody is ejected, and nobody asked.
        fixture.Selector.Fail(selection.Node(1));

        _isWell["node-1"] = false;
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await AskedAsync();
        await UntilNextIsSetAsync(fixture);
        Assert.Equal(2, selection.Nodes.Count);

        _isWell["node-1"] = true;
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await selection.Until(static selection => selection.Nodes.Count == 3, "the node is restored");
    }

    [Fact]
    public async Task A_node_that_says_it_is_not_well_stays_away_for_longer_than_its_time()
    {
        using Fixture fixture = Create();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        NodeState node = selection.Node(1);
        fixture.Selector.ReportHealth(node, isWell: false);
        Assert.Equal(EjectionReason.Probe, fixture.Selector.GetEjection(node)!.Reason);
        Assert.Equal(["node-0", "node-2"], selection.Nodes.Ids());
        DateTimeOffset until = fixture.Selector.GetEjection(node)!.Until;
        fixture.Clock.Advance(TimeSpan.FromSeconds(4));
        fixture.Selector.ReportHealth(node, isWell: false);
        Assert.Equal(until, fixture.Selector.GetEjection(node)!.Until);
    }

    [Fact]
    public async Task An_answer_shortly_before_the_time_is_up_extends_it()
    {
        using Fixture fixture = new();
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        NodeState node = selection.Node(1);
        fixture.Selector.Fail(node);
        fixture.Clock.Advance(TimeSpan.FromSeconds(29));
        fixture.Selector.ReportHealth(node, isWell: false);
        Assert.Equal(fixture.Clock.GetUtcNow() + TimeSpan.FromSeconds(10), fixture.Selector.GetEjection(node)!.Until);
        fixture.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(2, selection.Nodes.Count);
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(3, selection.Nodes.Count);
    }

    [Fact]
    public async Task All_nodes_are_asked_when_that_is_wanted_and_one_that_does_not_answer_counts_as_failed()
    {
        using Fixture fixture = Create(allNodes: true);
        using Selection selection = await fixture.SelectAsync(TestServices.Nodes(3));
        for (int round = 0; round < 3; round++)
        {
            await UntilNextIsSetAsync(fixture);
            Assert.Equal(3, selection.Nodes.Count);
            fixture.Clock.Advance(TimeSpan.FromSeconds(5)); // node-1 has no answer and throws.
            for (int i = 0; i < 3; i++) await AskedAsync();
        }

        await selection.Until(static selection => selection.Nodes.Count == 2, "the node that does not answer is ejected");
        Assert.Equal(EjectionReason.ConsecutiveFailures, fixture.Selector.GetEjection(selection.Node(1))!.Reason);
        Assert.Contains(fixture.Log.Lines, static line => line.StartsWith("664 Debug: ", StringComparison.Ordinal) && line.Contains("no answer", StringComparison.Ordinal));
    }

    private Fixture Create(bool allNodes = false)
    {
        if (allNodes)
        {
            _isWell["node-0"] = true;
            _isWell["node-2"] = true;
        }

        return new Fixture(options =>
        {
            options.Ejection.SuccessRateFactor = 0; // Whose timer would be another one.
            options.Probes.AllNodes = allNodes;
            options.Probes.Probe = (node, _) =>
            {
                _asked.Release();
                return _isWell.TryGetValue(node.Instance.Node.Id, out bool isWell)
                    ? new ValueTask<bool>(isWell)
                    : throw new InvalidOperationException("There is no answer.");
            };
        });
    }

    private async Task AskedAsync() => Assert.True(await _asked.WaitAsync(TimeSpan.FromSeconds(30)));

    /// <summary>The next round's time is set when all have answered. Until then there may be timers of probes, which have 2 s.</summary>
    private static async Task UntilNextIsSetAsync(Fixture fixture)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (fixture.Clock.Waiting(within: TimeSpan.FromSeconds(2)) > 0 || fixture.Clock.Waiting(within: TimeSpan.FromSeconds(5)) == 0) await Task.Delay(1, patience.Token);
    }
}
