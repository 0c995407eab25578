using FsCheck;
using SourceGen.Rpc.Policies;
using Random = System.Random;

namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class RetryBackoffTests
{
    private static readonly BackoffPolicy s_policy = new() { Initial = TimeSpan.FromMilliseconds(100), Max = TimeSpan.FromMilliseconds(1500) };

    [Theory]
    [InlineData((int)RetryDecision.AtOnce)]
    [InlineData((int)RetryDecision.AfterBackoff)]
    public void C53_Zero_retries_means_one_attempt(int decision)
    {
        RetryBackoff backoff = new(s_policy, retries: 0);
        Assert.False(backoff.TryNext((RetryDecision)decision, -1, out _));
        Assert.Equal(0, backoff.Granted);
    }

    [Fact]
    public void C53_Two_retries_are_two_whether_they_wait_or_not()
    {
        RetryBackoff backoff = new(s_policy, retries: 2);
        Assert.True(backoff.TryNext(RetryDecision.AtOnce, -1, out TimeSpan none));
        Assert.Equal(TimeSpan.Zero, none);
        Assert.True(backoff.TryNext(RetryDecision.AfterBackoff, -1, out _));
        Assert.False(backoff.TryNext(RetryDecision.AtOnce, -1, out _));
        Assert.Equal(2, backoff.Granted);
    }

    [Fact]
    public void An_error_that_ends_the_call_gets_no_further_attempt()
    {
        RetryBackoff backoff = new(s_policy, retries: 2);
        Assert.False(backoff.TryNext(RetryDecision.No, -1, out _));
        Assert.Equal(0, backoff.Granted);
    }

    [Fact]
    public void C53_No_wait_lasts_until_the_deadline() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(0, 5000)), Arb.From(Gen.Choose(0, 100_000)), (remainingMs, seed) =>
        {
            RetryBackoff backoff = new(s_policy, retries: 20, new Random(seed));
            int left = remainingMs;
            while (backoff.TryNext(RetryDecision.AfterBackoff, left, out TimeSpan wait))
            {
                if (left == 0 || wait.TotalMilliseconds >= left) return false;
                left -= (int)Math.Ceiling(wait.TotalMilliseconds);
            }

            return true;
        }));

    [Fact]
    public void C53_A_call_whose_time_would_pass_while_it_waits_ends_at_once()
    {
        RetryBackoff backoff = new(s_policy, retries: 3, new Given(0.9));
        Assert.False(backoff.TryNext(RetryDecision.AfterBackoff, 90, out TimeSpan wait));
        Assert.Equal(TimeSpan.Zero, wait);
        Assert.Equal(0, backoff.Granted);
        Assert.True(backoff.TryNext(RetryDecision.AfterBackoff, 91, out wait));
        Assert.Equal(TimeSpan.FromMilliseconds(90), wait);
    }

    [Fact]
    public void The_ceiling_doubles_up_to_the_longest_wait_and_attempts_without_a_wait_do_not_count()
    {
        RetryBackoff backoff = new(s_policy, retries: 100, new Given(0.5));
        List<double> waits = [];
        for (int i = 0; i < 7; i++)
        {
            Assert.True(backoff.TryNext(RetryDecision.AtOnce, -1, out _));
            Assert.True(backoff.TryNext(RetryDecision.AfterBackoff, -1, out TimeSpan wait));
            waits.Add(wait.TotalMilliseconds);
        }

        Assert.Equal([50, 100, 200, 400, 750, 750, 750], waits);
    }

    [Fact]
    public void Many_attempts_overflow_nothing()
    {
        BackoffPolicy daily = new() { Initial = TimeSpan.FromDays(1), Max = TimeSpan.FromDays(1) };
        foreach (int waits in (int[])[0, 39, 40, 41, 63, 64, int.MaxValue])
            Assert.Equal(TimeSpan.FromDays(0.5), RetryBackoff.Draw(daily, waits, new Given(0.5)));
    }

    [Fact]
    public void C53_Waits_are_spread_evenly_from_zero_to_the_ceiling()
    {
        const int Draws = 16_000;
        const int Cells = 16;
        Random random = new(4711);
        int[] counts = new int[Cells];
        for (int i = 0; i < Draws; i++)
        {
            TimeSpan wait = RetryBackoff.Draw(s_policy, waits: 2, random);
            counts[(int)(wait.Ticks * Cells / TimeSpan.FromMilliseconds(400).Ticks)]++;
        }

        double chiSquared = counts.Sum(static count => Math.Pow(count - (Draws / (double)Cells), 2) / (Draws / (double)Cells));
        Assert.True(chiSquared < 37.7, $"Chi-squared is {chiSquared:0.0}; 37.7 is passed once in a thousand times with 15 degrees of freedom.");
    }

    private sealed class Given(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
