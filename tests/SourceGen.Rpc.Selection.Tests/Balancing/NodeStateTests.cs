using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

public sealed class NodeStateTests
{
    private readonly TestClock _clock = new();
    private readonly NodeState _node = TestNodes.Create(0);

    [Fact]
    public void A_longer_latency_counts_at_once_and_shorter_ones_draw_it_down_slowly()
    {
        Assert.Equal(0, _node.Latency);
        End(10);
        Assert.Equal(10, Latency, 0.01);
        End(200);
        Assert.Equal(200, Latency, 0.01);

        // After one decay time, 37 % of what was too much are left.
        _clock.Advance(TimeSpan.FromSeconds(10));
        End(10);
        Assert.Equal(10 + 190 * Math.Exp(-1), Latency, 0.1);
    }

    [Fact]
    public void Many_short_calls_draw_the_average_down_by_time_not_by_number()
    {
        End(200);
        for (int i = 0; i < 100_000; i++)
        {
            _clock.Advance(TimeSpan.FromMicroseconds(100));
            End(10);
        }

        Assert.Equal(10 + 190 * Math.Exp(-1), Latency, 1.0);
    }

    [Fact]
    public void What_was_measured_long_ago_decays()
    {
        End(100);
        Assert.Equal(100, Milliseconds(_node.GetLatency(_clock.Now)), 0.01);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(100 * Math.Exp(-2), Milliseconds(_node.GetLatency(_clock.Now)), 0.1);
        Assert.Equal(100, Latency, 0.01);
    }

    [Fact]
    public void A_failure_makes_no_node_fast_and_can_make_it_slow()
    {
        End(1, CallOutcome.Failure);
        Assert.Equal(0, Latency);
        End(50);
        _clock.Advance(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 100; i++) End(1, CallOutcome.Failure);
        Assert.Equal(50, Latency, 0.01);
        End(400, CallOutcome.Failure);
        Assert.Equal(400, Latency, 0.1);
        Assert.Equal(0, _node.GetAverageLatency(_clock.Now));
    }

    [Fact]
    public void The_mean_is_that_of_successes_in_the_window()
    {
        End(10);
        End(30);
        End(5_000, CallOutcome.Failure);
        End(5_000, CallOutcome.None);
        Assert.Equal(20, Average, 0.01);
        _clock.Advance(TimeSpan.FromSeconds(15));
        End(80);
        Assert.Equal(40, Average, 0.01);
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(80, Average, 0.01);
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, Average);
        End(7);
        Assert.Equal(7, Average, 0.01);
    }

    [Fact]
    public void The_window_survives_the_wrap_of_its_clock()
    {
        for (int hours = 0; hours < 200; hours++)
        {
            End(10);
            Assert.Equal(10, Average, 0.01);
            _clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(0, Average);
        }
    }

    [Fact]
    public void A_window_that_is_full_keeps_its_mean()
    {
        for (int i = 0; i < 9_000_000; i++) End(1_000);
        Assert.Equal(1_000, Average, 0.01);
    }

    [Fact]
    public void Failures_and_refusals_are_held_against_a_node_until_calls_succeed_or_time_passes()
    {
        Assert.False(_node.HasPenalty);
        Assert.Equal(0, Penalty);
        End(1, CallOutcome.Failure);
        Assert.True(_node.HasPenalty);
        Assert.Equal(1, Penalty);
        End(1, CallOutcome.Rejected);
        End(1, CallOutcome.Failure);
        Assert.Equal(7, Penalty);
        End(1, CallOutcome.None);
        Assert.Equal(7, Penalty);
        End(1);
        Assert.Equal(3, Penalty);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Penalty);
        End(1);
        Assert.Equal(0, Penalty);
        Assert.False(_node.HasPenalty);
        for (int i = 0; i < 50; i++) End(1, CallOutcome.Failure);
        Assert.Equal(1_023, Penalty);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, Penalty);
    }

    [Fact]
    public void Every_call_that_ends_is_out_of_flight_whatever_its_outcome()
    {
        foreach (CallOutcome outcome in Enum.GetValues<CallOutcome>())
        {
            _node.BeginCall();
            Assert.Equal(1, _node.InFlight);
            _node.EndCall(5, outcome);
            Assert.Equal(0, _node.InFlight);
        }
    }

    [Fact]
    public void Clocks_of_threads_that_cross_do_no_harm()
    {
        End(100);
        _node.EndCall(TestClock.Milliseconds(10), CallOutcome.Success, _clock.Now - TestClock.Milliseconds(5));
        Assert.Equal(100, Latency, 0.01);
        _node.EndCall(TestClock.Milliseconds(10), CallOutcome.Failure, _clock.Now);
        Assert.Equal(1, _node.GetPenalty(_clock.Now - TestClock.Milliseconds(5)));
        Assert.Equal(100, Milliseconds(_node.GetLatency(_clock.Now - TestClock.Milliseconds(5))), 0.01);
    }

    [Fact]
    public void Two_threads_lose_no_call_and_no_peak()
    {
        Parallel.For(0, 2, thread =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                _node.BeginCall();
                _node.EndCall(TestClock.Milliseconds(thread == 0 && i == 25_000 ? 900 : 10), CallOutcome.Success, _clock.Now);
            }
        });
        Assert.Equal(0, _node.InFlight);
        Assert.Equal(900, Latency, 0.1);
        Assert.Equal((99_999 * 10 + 900) / 100_000.0, Average, 0.001);
    }

    [Fact]
    public void Ending_a_call_allocates_nothing()
    {
        CallOutcome[] outcomes = Enum.GetValues<CallOutcome>();
        Assert.Equal(0, Allocations.Of(() =>
        {
            foreach (CallOutcome outcome in outcomes) _node.EndCall(1, outcome);
        }));
    }

    private double Latency => Milliseconds(_node.Latency);

    private double Average => Milliseconds(_node.GetAverageLatency(_clock.Now));

    private int Penalty => _node.GetPenalty(_clock.Now);

    private static double Milliseconds(double ticks) => ticks / TestClock.Milliseconds(1);

    private void End(double milliseconds, CallOutcome outcome = CallOutcome.Success) =>
        _node.EndCall(TestClock.Milliseconds(milliseconds), outcome, _clock.Now);
}
