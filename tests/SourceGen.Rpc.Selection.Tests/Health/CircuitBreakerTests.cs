using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Health;

public sealed class CircuitBreakerTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Failures_in_a_row_open_it_and_a_success_between_them_does_not()
    {
        CircuitBreaker breaker = Create();
        Call(breaker, CallOutcome.Failure, 4);
        Call(breaker, CallOutcome.Success);
        Call(breaker, CallOutcome.Failure, 4);
        Assert.Equal(CircuitState.Closed, breaker.State);
        Assert.True(breaker.TryEnter(out CircuitPass pass));
        Assert.True(breaker.Record(pass, CallOutcome.Failure));
        Assert.Equal(CircuitState.Open, breaker.State);
        Assert.False(breaker.TryEnter(out _));
    }

    [Fact]
    public void A_share_of_failures_within_the_window_opens_it()
    {
        CircuitBreaker breaker = Create();
        for (int i = 0; i < 9; i++)
        {
            Call(breaker, CallOutcome.Failure);
            Call(breaker, CallOutcome.Success);
        }

        Assert.Equal(CircuitState.Closed, breaker.State); // 18 calls are too few.
        Call(breaker, CallOutcome.Success);
        Call(breaker, CallOutcome.Failure);
        Assert.Equal(CircuitState.Open, breaker.State); // 10 of 20.
    }

    [Fact]
    public void Failures_of_an_earlier_window_do_not_count()
    {
        CircuitBreaker breaker = Create();
        for (int i = 0; i < 9; i++)
        {
            Call(breaker, CallOutcome.Failure);
            Call(breaker, CallOutcome.Success);
        }

        _clock.Advance(TimeSpan.FromSeconds(11));
        Call(breaker, CallOutcome.Failure);
        Call(breaker, CallOutcome.Success, 20);
        Call(breaker, CallOutcome.Failure);
        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Fact]
    public void What_says_nothing_about_the_node_does_not_open_it()
    {
        CircuitBreaker breaker = Create();
        Call(breaker, CallOutcome.Rejected, 100);
        Call(breaker, CallOutcome.None, 100);
        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Fact]
    public void Half_open_lets_a_few_through_and_closes_when_they_succeed()
    {
        CircuitBreaker breaker = Create();
        Call(breaker, CallOutcome.Failure, 5);
        _clock.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.False(breaker.TryEnter(out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(breaker.TryEnter(out CircuitPass first));
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        Assert.False(breaker.TryEnter(out _)); // One at a time.
        Assert.False(breaker.Record(first, CallOutcome.Success));
        Assert.True(breaker.TryEnter(out CircuitPass second));
        Assert.False(breaker.Record(second, CallOutcome.None)); // Said nothing; another one may try.
        Assert.True(breaker.TryEnter(out CircuitPass third));
        Assert.True(breaker.Record(third, CallOutcome.Success));
        Assert.Equal(CircuitState.Closed, breaker.State);
        Call(breaker, CallOutcome.Failure, 4);
        Assert.Equal(CircuitState.Closed, breaker.State);
    }

    [Fact]
    public void A_failure_while_half_open_opens_it_for_twice_as_long()
    {
        CircuitBreaker breaker = Create();
        Call(breaker, CallOutcome.Failure, 5);
        foreach (int seconds in new[] { 5, 10, 20, 40, 60, 60 })
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(breaker.TryEnter(out _));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(breaker.TryEnter(out CircuitPass pass));
            Assert.True(breaker.Record(pass, CallOutcome.Failure));
        }
    }

    [Fact]
    public void Calls_that_were_sent_before_it_opened_say_nothing_new()
    {
        CircuitBreaker breaker = Create();
        Assert.True(breaker.TryEnter(out CircuitPass old));
        Call(breaker, CallOutcome.Failure, 5);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(breaker.TryEnter(out CircuitPass probe));
        Assert.False(breaker.Record(old, CallOutcome.Success));
        Assert.False(breaker.Record(old, CallOutcome.Failure));
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
        breaker.Record(probe, CallOutcome.Success);
        Assert.False(breaker.Record(old, CallOutcome.Success));
        Assert.Equal(CircuitState.HalfOpen, breaker.State);
    }

    [Fact]
    public void A_probe_that_never_ends_does_not_keep_it_half_open_for_good()
    {
        CircuitBreaker breaker = Create();
        Call(breaker, CallOutcome.Failure, 5);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(breaker.TryEnter(out _));
        Assert.False(breaker.TryEnter(out _));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(breaker.TryEnter(out _));
    }

    [Fact]
    public void Another_one_like_it_has_a_state_of_its_own()
    {
        CircuitBreaker breaker = Create();
        CircuitBreaker other = CircuitBreaker.Like(breaker);
        Call(breaker, CallOutcome.Failure, 5);
        Assert.Equal((CircuitState.Open, CircuitState.Closed), (breaker.State, other.State));
    }

    [Fact]
    public void A_call_through_a_closed_circuit_allocates_nothing()
    {
        CircuitBreaker breaker = Create();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 10_000; i++) Call(breaker, CallOutcome.Success);
        }));
    }

    [Fact]
    public void Options_are_checked() =>
        Assert.Contains("FailureRatio is 1.5", Assert.Throws<ArgumentException>(() => new CircuitBreaker(new CircuitBreakerOptions { FailureRatio = 1.5 })).Message, StringComparison.Ordinal);

    private CircuitBreaker Create() => new(new CircuitBreakerOptions { TimeProvider = _clock });

    private static void Call(CircuitBreaker breaker, CallOutcome outcome, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            if (breaker.TryEnter(out CircuitPass pass)) breaker.Record(pass, outcome);
        }
    }
}
