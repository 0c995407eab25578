using FsCheck;
using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection.Tests.Support;
using Random = System.Random;

namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class RetryBudgetTests
{
    private static readonly TimeSpan s_millisecond = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(50, 2)]
    [InlineData(2000, 2)]
    [InlineData(2000, 10)]
    [InlineData(20_000, 2)]
    public void With_every_server_failing_traffic_stays_below_1_2_times_the_offered_load(int callsPerSecond, int retries)
    {
        ManualClock clock = new();
        RetryBudget budget = new(RetryBudgetPolicy.Default, clock);
        (long offered, long sent) = Storm(budget, clock, callsPerSecond, retries, seconds: 10);
        Assert.True(sent < 1.2 * offered, $"{sent} calls were sent for {offered}.");
        Assert.True(sent > 1.05 * offered, $"{sent} calls were sent for {offered}: the budget gives nothing.");
    }

    [Fact]
    public void After_an_hour_without_failures_a_storm_begins_with_no_more_than_two_seconds_had_earned()
    {
        ManualClock clock = new();
        RetryBudget budget = new(RetryBudgetPolicy.Default, clock);
        for (int second = 0; second < 3600; second++)
        {
            for (int i = 0; i < 1000; i++) budget.Deposit();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        int granted = 0;
        while (budget.TryWithdraw()) granted++;
        Assert.InRange(granted, 100, 204); // A tenth of 1,000 for 2 s, and 2 a second for 2 s.
    }

    [Fact]
    public void An_hour_with_few_failures_saves_up_as_little()
    {
        ManualClock clock = new();
        RetryBudget budget = new(RetryBudgetPolicy.Default, clock);
        int granted = 0;
        for (int tick = 0; tick < 60_000; tick++)
        {
            for (int i = 0; i < 10; i++) budget.Deposit();
            clock.Advance(10 * s_millisecond);
            if (tick % 100 == 0 && budget.TryWithdraw()) granted++;
        }

        Assert.Equal(600, granted);
        granted = 0;
        while (budget.TryWithdraw()) granted++;
        Assert.InRange(granted, 180, 204);
    }

    [Fact]
    public void A_client_that_calls_seldom_can_repeat_all_the_same()
    {
        ManualClock clock = new();
        RetryBudget budget = new(RetryBudgetPolicy.Default, clock);
        for (int i = 0; i < 100; i++)
        {
            budget.Deposit();
            Assert.True(budget.TryWithdraw());
            Assert.True(budget.TryWithdraw());
            clock.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public void A_budget_of_nothing_grants_nothing_and_counts_what_it_refuses()
    {
        ManualClock clock = new();
        RetryBudget budget = new(new RetryBudgetPolicy { Ratio = 0, MinPerSecond = 0 }, clock);
        for (int i = 0; i < 1000; i++) budget.Deposit();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(budget.TryWithdraw());
        Assert.Equal((0L, 1L), (budget.Granted, budget.Refused));
    }

    /// <summary>Traffic that comes and goes as it likes, and as many repetitions as there are: the documented bound holds for every beginning.</summary>
    [Fact]
    public void No_traffic_gets_more_than_its_share() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Elements(0, 0.05, 0.1, 0.5, 2)), Arb.From(Gen.Elements(0.0, 1, 10)), (seed, ratio, least) =>
        {
            Random random = new(seed);
            ManualClock clock = new();
            RetryBudget budget = new(new RetryBudgetPolicy { Ratio = ratio, MinPerSecond = least }, clock);
            long calls = 0;
            double seconds = 0;
            for (int step = 0; step < 300; step++)
            {
                int burst = random.Next(4) == 0 ? random.Next(200) : 0;
                for (int i = 0; i < burst; i++) budget.Deposit();
                calls += burst;
                int milliseconds = random.Next(3) == 0 ? random.Next(3000) : random.Next(20);
                clock.Advance(milliseconds * s_millisecond);
                seconds += milliseconds / 1000.0;
                for (int i = random.Next(100); i > 0; i--) budget.TryWithdraw();
                if (budget.Granted > (ratio * calls) + (least * (seconds + RetryBudget.DecaySeconds))) return false;
            }

            return true;
        }));

    [Fact]
    public async Task Threads_that_count_and_ask_at_once_neither_lose_nor_make_up_anything()
    {
        const int Threads = 8;
        ManualClock clock = new();
        RetryBudget budget = new(new RetryBudgetPolicy { Ratio = 0.1, MinPerSecond = 0 }, clock);
        await OnThreads(Threads, () =>
        {
            for (int i = 0; i < 10_000; i++) budget.Deposit();
        });
        clock.Advance(10 * s_millisecond);
        await OnThreads(Threads, () =>
        {
            for (int i = 0; i < 2000; i++) budget.TryWithdraw();
        });

        // 8,000, less what ten milliseconds take of their worth.
        double worth = 8000 * RetryBudget.DecaySeconds * (1 - Math.Exp(-0.01 / RetryBudget.DecaySeconds)) / 0.01;
        Assert.Equal((long)worth, budget.Granted);
        Assert.Equal((Threads * 2000) - (long)worth, budget.Refused);
    }

    [Fact]
    public void Neither_a_call_nor_a_repetition_allocates()
    {
        RetryBudgets budgets = new(TimeProvider.System);
        Assert.Equal(0, Allocations.Of(Run));

        void Run()
        {
            for (int i = 0; i < 1000; i++)
            {
                RetryBudget budget = budgets.Get(RetryBudgetPolicy.Default)!;
                budget.Deposit();
                budget.TryWithdraw();
            }
        }
    }

    [Fact]
    public void Equal_policies_share_an_account_and_no_policy_has_none()
    {
        RetryBudgets budgets = new(TimeProvider.System);
        RetryBudget usual = budgets.Get(RetryBudgetPolicy.Default)!;
        Assert.Same(usual, budgets.Get(new RetryBudgetPolicy()));
        RetryBudget own = budgets.Get(new RetryBudgetPolicy { Ratio = 0.5 })!;
        Assert.NotSame(usual, own);
        Assert.Same(own, budgets.Get(new RetryBudgetPolicy { Ratio = 0.5 }));
        Assert.Null(budgets.Get(null));
    }

    /// <summary>Every attempt fails, and asks for another one.</summary>
    private static (long Offered, long Sent) Storm(RetryBudget budget, ManualClock clock, int callsPerSecond, int retries, int seconds)
    {
        long offered = 0;
        long sent = 0;
        double due = 0;
        for (int millisecond = 0; millisecond < seconds * 1000; millisecond++)
        {
            for (due += callsPerSecond / 1000.0; due >= 1; due--)
            {
                offered++;
                sent++;
                budget.Deposit();
                for (int i = 0; i < retries && budget.TryWithdraw(); i++) sent++;
            }

            clock.Advance(s_millisecond);
        }

        return (offered, sent);
    }

    private static Task OnThreads(int threads, Action action) => Task.WhenAll(
        Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
}
