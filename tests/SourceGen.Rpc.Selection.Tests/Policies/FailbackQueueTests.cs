using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class FailbackQueueTests
{
    private static readonly RpcException s_lost = new(RpcStatusCode.Unavailable, "The server is gone.") { Progress = RpcCallProgress.Unknown };

    private readonly ManualClock _clock = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task A_call_is_repeated_until_it_succeeds_and_no_sooner_than_after_a_second()
    {
        await using FailbackQueue queue = Create();
        TestCall call = new(failures: 2);
        Assert.True(queue.TryAdd(call, RpcCallPolicy.Failback, s_lost));
        Assert.Equal((1, 0), (queue.Count, call.Attempts));
        await Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, call.Attempts);
        await Advance(TimeSpan.FromMilliseconds(1001));
        Assert.Equal(1, call.Attempts);
        await Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(3, call.Attempts);
        Assert.Equal((0, 1L, 0L), (queue.Count, queue.Succeeded, queue.Dropped));
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task After_three_repetitions_a_call_is_dropped_with_a_line_that_says_which_and_why()
    {
        await using FailbackQueue queue = Create();
        TestCall call = new(failures: 100);
        queue.TryAdd(call, RpcCallPolicy.Failback, s_lost);
        await Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, call.Attempts);
        Assert.Equal((0, 0L, 1L), (queue.Count, queue.Succeeded, queue.Dropped));
        string line = Assert.Single(_log.Warnings);
        Assert.Contains("Shop.Mail/Notify", line, StringComparison.Ordinal);
        Assert.Contains("its 3 repetitions did not succeed", line, StringComparison.Ordinal);
        Assert.Contains("Attempt 3 failed.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_are_from_one_second_to_sixty()
    {
        await using FailbackQueue queue = Create();
        TestCall call = new(failures: 100) { Clock = _clock };
        DateTimeOffset last = _clock.GetUtcNow();
        queue.TryAdd(call, RpcCallPolicy.Failback with { Retries = 60 }, s_lost);
        await Advance(TimeSpan.FromHours(2));
        Assert.Equal(60, call.Times.Count);
        double longest = 0;
        foreach (DateTimeOffset time in call.Times)
        {
            Assert.InRange(time - last, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
            longest = Math.Max(longest, (time - last).TotalSeconds);
            last = time;
        }

        Assert.InRange(longest, 50, 60);
    }

    [Fact]
    public async Task A_hundred_calls_wait_and_the_next_one_is_dropped_at_once()
    {
        await using FailbackQueue queue = Create();
        for (int i = 0; i < 100; i++) Assert.True(queue.TryAdd(new TestCall(failures: 0), RpcCallPolicy.Failback, s_lost));
        Assert.False(queue.TryAdd(new TestCall(failures: 0), RpcCallPolicy.Failback, s_lost));
        Assert.Equal((100, 1L), (queue.Count, queue.Dropped));
        Assert.Contains("100 calls wait for their repetition already", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        await Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((0, 100L), (queue.Count, queue.Succeeded));
        Assert.True(queue.TryAdd(new TestCall(failures: 0), RpcCallPolicy.Failback, s_lost));
    }

    [Fact]
    public async Task A_flood_of_drops_is_counted_and_logged_in_twenty_lines_a_minute()
    {
        await using FailbackQueue queue = Create(capacity: 0);
        for (int i = 0; i < 1000; i++) queue.TryAdd(new TestCall(failures: 0), RpcCallPolicy.Failback, s_lost);
        Assert.Equal((1000L, 20), (queue.Dropped, _log.Warnings.Count));
        await Advance(TimeSpan.FromMinutes(1));
        queue.TryAdd(new TestCall(failures: 0), RpcCallPolicy.Failback, s_lost);
        Assert.Contains(_log.Warnings, static line => line.Contains("980 more calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_would_fail_again_is_not_repeated_again()
    {
        await using FailbackQueue queue = Create();
        TestCall call = new(failures: 100) { IsHopeless = true };
        queue.TryAdd(call, RpcCallPolicy.Failback, s_lost);
        await Advance(TimeSpan.FromHours(1));
        Assert.Equal((1, 1L), (call.Attempts, queue.Dropped));
        Assert.Contains("it would fail again", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repetition_that_the_budget_does_not_cover_is_not_made()
    {
        await using FailbackQueue queue = Create();
        TestCall call = new(failures: 0);
        queue.TryAdd(call, RpcCallPolicy.Failback, s_lost, new RetryBudget(new RetryBudgetPolicy { Ratio = 0, MinPerSecond = 0 }, _clock));
        await Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 1L, 0), (call.Attempts, queue.Dropped, queue.Count));
        Assert.Contains("The server is gone.", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_hangs_holds_up_no_other_and_is_cancelled_when_the_queue_ends()
    {
        FailbackQueue queue = Create();
        TestCall hanging = new(failures: 0) { Hangs = true };
        TestCall other = new(failures: 0);
        TestCall waiting = new(failures: 0);
        queue.TryAdd(hanging, RpcCallPolicy.Failback, s_lost);
        queue.TryAdd(other, RpcCallPolicy.Failback, s_lost);
        await Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((1, 1, 1), (hanging.Attempts, other.Attempts, queue.Count));
        queue.TryAdd(waiting, RpcCallPolicy.Failback, s_lost);
        await queue.DisposeAsync();
        Assert.Equal((0, 2L, 0), (queue.Count, queue.Dropped, waiting.Attempts));
        Assert.Equal(2, _log.Warnings.Count(static line => line.Contains("disposed", StringComparison.Ordinal)));
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task After_its_end_the_queue_takes_no_call()
    {
        FailbackQueue queue = Create();
        await queue.DisposeAsync();
        Assert.False(queue.TryAdd(new TestCall(failures: 0), RpcCallPolicy.Failback, s_lost));
        Assert.Contains("the client is disposed", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repetition_does_not_run_in_the_context_of_the_call()
    {
        await using FailbackQueue queue = Create();
        AsyncLocal<string> ambient = new() { Value = "the call's" };
        string? seen = "nothing yet";
        TestCall call = new(failures: 0) { OnAttempt = () => seen = ambient.Value };
        queue.TryAdd(call, RpcCallPolicy.Failback, s_lost);
        Assert.Equal("the call's", ambient.Value);
        Assert.False(ExecutionContext.IsFlowSuppressed());

        // Not from here, as the clock runs timers in the context of who moves it.
        Task moved;
        using (ExecutionContext.SuppressFlow()) moved = Advance(TimeSpan.FromSeconds(3));
        await moved;
        Assert.Equal(1, call.Attempts);
        Assert.Null(seen);
    }

    [Fact]
    public async Task Even_without_a_wait_the_callers_thread_makes_no_attempt()
    {
        await using FailbackQueue queue = Create();
        TestCall call = new(failures: 0);
        queue.TryAdd(call, RpcCallPolicy.Failback with { Backoff = BackoffPolicy.None }, s_lost);
        Assert.Equal(0, call.Attempts);
        await Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, call.Attempts);
    }

    /// <summary>Off the test's own context, so that what waits for a timer has run when this has.</summary>
    private Task Advance(TimeSpan time) => Task.Run(() => _clock.Advance(time));

    private FailbackQueue Create(int capacity = FailbackQueue.DefaultCapacity) => new(_clock, _log, capacity, new Random(11));

    private sealed class TestCall(int failures) : FailbackCall
    {
        public int Attempts { get; private set; }

        public bool IsHopeless { get; init; }

        public bool Hangs { get; init; }

        public Action? OnAttempt { get; init; }

        public TimeProvider? Clock { get; init; }

        public List<DateTimeOffset> Times { get; } = [];

        public override string Method => "Shop.Mail/Notify";

        public override async ValueTask RepeatAsync(CancellationToken cancellationToken)
        {
            Attempts++;
            OnAttempt?.Invoke();
            if (Clock is not null) Times.Add(Clock.GetUtcNow());
            if (Hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
            if (Attempts <= failures) throw new RpcException(RpcStatusCode.Unavailable, $"Attempt {Attempts} failed.");
        }

        public override bool MayRepeat(Exception error) => !IsHopeless;
    }
}
