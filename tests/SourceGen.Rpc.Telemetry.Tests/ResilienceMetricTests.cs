using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Telemetry.Tests.Support;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>What clients do so that calls get through is counted.</summary>
public sealed class ResilienceMetricTests
{
    private static readonly RpcCallPolicy s_twice = new() { RetryCodes = [RpcStatusCode.Aborted], Retries = 2, Backoff = BackoffPolicy.None, Budget = null };

    [Fact]
    public async Task Retries_are_counted_and_those_that_the_budget_does_not_have()
    {
        await using Fleet fleet = await Fleet.StartAsync(3, static options => options.Policy = s_twice);
        fleet.On("abort", static (_, _) => throw new RpcException(RpcStatusCode.Aborted, "not now"));
        using Changes changes = new();
        await Assert.ThrowsAsync<RpcException>(() => fleet.Client.Get<IProbe>().AskAsync("abort").Soon());
        changes.AssertThese(("retries", 2));

        RpcCallPolicy poor = s_twice with { Budget = new RetryBudgetPolicy { Ratio = 0, MinPerSecond = 0 } };
        IProbe proxy = fleet.Client.Get<IProbe>(new RpcCallOptions { Policy = poor });
        await Assert.ThrowsAsync<RpcException>(() => proxy.AskAsync("abort").Soon());
        changes.AssertThese(("refused_retries", 1));
    }

    [Fact]
    public async Task Retries_in_the_background_are_counted()
    {
        await using Fleet fleet = await Fleet.StartAsync(2, static options => options.Policy = s_twice with { Strategy = CallStrategy.Failback });
        int calls = 0;
        fleet.On("abort once", (_, _) => Interlocked.Increment(ref calls) > 1
            ? new ValueTask<string>("done")
            : throw new RpcException(RpcStatusCode.Aborted, "not now"));
        using Changes changes = new();
        await fleet.Client.Get<IProbe>().AskAsync("abort once").Soon();
        await Until.TrueAsync(() => Volatile.Read(ref calls) == 2, () => "it is not repeated");
        changes.AssertThese(("retries", 1));
    }

    [Fact]
    public async Task Circuits_that_open_are_counted_and_calls_that_go_elsewhere_for_them()
    {
        await using Fleet fleet = await Fleet.StartAsync(2, static options =>
        {
            options.CircuitBreaker = new CircuitBreakerOptions { ConsecutiveFailures = 1, OpenTime = TimeSpan.FromHours(1), MaxOpenTime = TimeSpan.FromHours(1) };
            // With this, the circuit is found open by an attempt, not by the selection of its server.
            options.Policy = new RpcCallPolicy { AttemptTimeout = Waiting.Limit };
        });
        fleet.On("broken", static (number, _) => number == 0 ? throw new InvalidOperationException("broken") : new ValueTask<string>("fine"));
        using Changes changes = new();
        IProbe proxy = fleet.Client.Get<IProbe>();
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (int i = 0; i < 2; i++) await proxy.AskAsync("broken").Soon();
        });
        changes.AssertThese(("opened_circuits", 1));

        for (int i = 0; i < 4; i++) Assert.Equal("fine", await proxy.AskAsync("broken").Soon());
        Assert.True(changes.Take("transparent_retries") > 0);
        changes.AssertThese();
    }

    [Fact]
    public async Task Hedges_are_counted()
    {
        await using Fleet fleet = await Fleet.StartAsync(
            2, static options => options.Policy = RpcCallPolicy.Default with { Hedge = HedgePolicy.After(TimeSpan.FromMilliseconds(1)), Budget = null });
        int calls = 0;
        fleet.On("slow", async (_, stop) =>
        {
            if (Interlocked.Increment(ref calls) == 1) await Task.Delay(Timeout.Infinite, stop);
            return "fast";
        });
        using Changes changes = new();
        Assert.Equal("fast", await fleet.Client.Get<IProbe>().AskAsync("slow").Soon());
        changes.AssertThese(("hedges", 1));
    }

    [Fact]
    public async Task Nodes_that_are_ejected_are_counted_until_nobody_selects_them_any_more()
    {
        Fleet fleet = await Fleet.StartAsync(2, static options => Eject(options, TimeSpan.FromHours(1)));
        using Changes changes = new();
        await using (fleet)
        {
            await FailOnceAsync(fleet);
            changes.AssertThese(("ejections", 1), ("ejected_nodes", 1));
        }

        changes.AssertThese(("ejected_nodes", -1));
    }

    [Fact]
    public async Task Nodes_that_get_calls_again_are_counted()
    {
        await using Fleet fleet = await Fleet.StartAsync(2, static options => Eject(options, TimeSpan.FromMilliseconds(1)));
        using Changes changes = new();
        await FailOnceAsync(fleet);
        await Until.TrueAsync(() => changes.Peek("restorations") == 1, () => "it is not restored");
        changes.AssertThese(("ejections", 1), ("restorations", 1));
    }

    private static void Eject(RpcClientOptions options, TimeSpan time)
    {
        options.Selection.Ejection.ConsecutiveFailures = 1;
        options.Selection.Ejection.BaseTime = time;
        options.Selection.Ejection.MaxTime = time;
    }

    private static async Task FailOnceAsync(Fleet fleet)
    {
        fleet.On("broken", static (number, _) => number == 0 ? throw new InvalidOperationException("broken") : new ValueTask<string>("fine"));
        IProbe proxy = fleet.Client.Get<IProbe>();
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (int i = 0; i < 2; i++) await proxy.RunAsync("broken").Soon();
        });
    }
}
