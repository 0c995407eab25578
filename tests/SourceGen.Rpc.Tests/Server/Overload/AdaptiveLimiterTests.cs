using SourceGen.Rpc.Benchmarks.Selection.Overload;
using SourceGen.Rpc.Server.Overload;

namespace SourceGen.Rpc.Tests.Server.Overload;

/// <summary>The adaptive limit in virtual time: the same seed gives the same figures on every machine.</summary>
public sealed class AdaptiveLimiterTests
{
    private const int Workers = 16;
    private const double Service = 0.005;
    private const double Capacity = Workers / Service;

    private AdaptiveLimiter? _limiter;

    [Theory]
    [InlineData(1, 16, 0.005, false, 1)]
    [InlineData(2, 16, 0.005, true, 1)]
    [InlineData(3, 2, 0.0002, false, 1)]
    [InlineData(4, 2, 0.0002, false, 32)]
    [InlineData(5, 2, 0.002, true, 1)]
    [InlineData(6, 100, 0.01, true, 16)]
    public void AtThreeTimesTheCapacity_GoodputStaysAbove80Percent_AndAcceptedCallsBelowTwiceTheUnloadedTime(
        int seed, int workers, double seconds, bool varies, int batch)
    {
        Func<Random, double> service = varies ? random => seconds * (0.5 - (0.5 * Math.Log(1 - random.NextDouble()))) : _ => seconds;
        double capacity = workers / seconds;
        double length = 100_000 / capacity;
        OverloadSimulation unloaded = new(seed, workers, service);
        unloaded.Offer(capacity * 0.1, length, batch);
        double before = unloaded.Percentile(0.99);

        OverloadSimulation simulation = Limited(seed, workers, service);
        simulation.Offer(capacity * 0.1, 2, batch);
        simulation.Offer(capacity * 3, 1, batch); // For a moment it might be a burst.
        simulation.Clear();
        simulation.Offer(capacity * 3, length, batch);
        Assert.InRange(simulation.Answered.Count / (capacity * length), 0.8, 1.1);
        Assert.InRange(simulation.Percentile(0.99) / before, 0, 2);

        OverloadSimulation open = new(seed, workers, service);
        open.Offer(capacity * 3, length, batch);
        Assert.True(open.Percentile(0.99) / before > 10, "without a limit calls become slow, or the test shows nothing");
    }

    [Fact]
    public void TheLimitConvergesToTheCapacity_FollowsASlowerDependency_AndRecovers()
    {
        OverloadSimulation simulation = Limited(7, Workers, static _ => Service);
        simulation.Offer(Capacity * 3, 10);
        Assert.InRange(_limiter!.Limit, Workers / 2, Workers * 2);

        // Calls take ten times as long whoever else runs: that is no queue, so the limit must not stay low for ever.
        simulation.Slowness = 10;
        simulation.Offer(Capacity / 10 * 3, 60);
        Assert.InRange(_limiter.Limit, Workers / 2, Workers * 2);
        simulation.Clear();
        simulation.Offer(Capacity / 10 * 3, 30);
        Assert.InRange(simulation.Answered.Count / (Capacity / 10 * 30), 0.8, 1.1);

        simulation.Slowness = 1;
        simulation.Offer(Capacity * 3, 20);
        simulation.Clear();
        simulation.Offer(Capacity * 3, 10);
        Assert.InRange(_limiter.Limit, Workers / 2, Workers * 2); // Half of it while it probes.
        Assert.InRange(simulation.Answered.Count / (Capacity * 10), 0.8, 1.1);

        simulation.Offer(Capacity * 0.2, 2);
        simulation.Clear();
        simulation.Offer(Capacity * 0.2, 10);
        Assert.Empty(simulation.Refused);
        Assert.False(_limiter.IsOverloaded);
    }

    [Fact]
    public void AnOverloadThatLastsDoesNotRaiseTheLimit()
    {
        OverloadSimulation simulation = Limited(8, Workers, static _ => Service);
        simulation.Offer(Capacity * 3, 20);
        simulation.Offer(Capacity * 3, 200);
        Assert.InRange(_limiter!.Limit, Workers / 2, Workers * 1.5);
    }

    [Fact]
    public void AServerThatStartsIntoAnOverloadFindsItsLimit()
    {
        OverloadSimulation simulation = Limited(12, 2, static _ => 0.001);
        simulation.Offer(6000, 20); // It has never seen how long a call takes without load.
        simulation.Clear();
        simulation.Offer(6000, 10);
        Assert.InRange(_limiter!.Limit, 1, 4);
        Assert.InRange(simulation.Answered.Count / 20_000.0, 0.8, 1.1);
        Assert.InRange(simulation.Percentile(0.99), 0, 0.003);
    }

    [Fact]
    public void ABurstWaits_AndIsNotRefused_WhileThereIsNoOverload()
    {
        OverloadSimulation simulation = Limited(9, 2, static _ => 0.00005);
        simulation.Offer(2000, 10, batch: 200); // 5 ms of work at once, and a twentieth of the capacity.
        Assert.Empty(simulation.Refused);
        Assert.InRange(simulation.Answered.Count, 15_000, 25_000);
    }

    [Fact]
    public void ACallWhoseDeadlineHasPassedInTheQueueNeverRuns_AndWhatCannotBeInTimeIsRefusedAtOnce()
    {
        OverloadSimulation simulation = Limited(10, 2, static _ => 0.01, static options => options.MaxQueueTime = TimeSpan.FromSeconds(1));
        simulation.Offer(100, 3);
        simulation.Clear();
        simulation.Offer(1000, 20, timeout: 0.025);
        Assert.Equal(0, simulation.RanTooLate);
        Assert.NotEmpty(simulation.Refused);
        Assert.InRange(simulation.Answered.Count / (200.0 * 20), 0.8, 1.1);
    }

    [Fact]
    public void TheLessImportantAreRefusedFirst()
    {
        OverloadSimulation simulation = Limited(11, Workers, static _ => Service);
        simulation.Offer(Capacity * 0.1, 2);
        simulation.Clear();

        // Half of the capacity is critical, as much default, and twice as much sheddable.
        simulation.Offer(Capacity * 2, 20, priority: static random => random.Next(4) switch
        {
            0 => RpcPriority.Critical,
            1 => RpcPriority.Default,
            _ => RpcPriority.Sheddable,
        });
        Assert.True(Share(RpcPriority.Critical) > 0.95, $"{Share(RpcPriority.Critical):P1} of the critical calls");
        Assert.True(Share(RpcPriority.Default) > 0.65, $"{Share(RpcPriority.Default):P1} of the others");
        Assert.True(Share(RpcPriority.Sheddable) < 0.3, $"{Share(RpcPriority.Sheddable):P1} of the sheddable calls");

        double Share(RpcPriority priority)
        {
            double answered = simulation.Answered.Count(call => call.Priority == priority);
            return answered / (answered + simulation.Refused.GetValueOrDefault(priority));
        }
    }

    [Fact]
    public void MethodsAreComparedWithThemselves()
    {
        // First a method that takes a millisecond, then one that takes a hundred, far below what the server can run.
        VirtualClock clock = new();
        AdaptiveLimiter limiter = new(
            new RpcAdaptiveLimit { TimeProvider = clock, MinLimit = 1, InitialLimit = 32 }, static _ => { }, static _ => { });
        MethodLatency quick = limiter.Track();
        MethodLatency slow = limiter.Track();
        foreach ((MethodLatency method, double seconds) in ((MethodLatency, double)[])[(quick, 0.001), (slow, 0.1)])
        {
            for (int i = 0; i < 400; i++)
            {
                CallTicket ticket = new() { Latency = method };
                Assert.True(limiter.TryEnter(ref ticket, -1));
                clock.After(seconds, () => limiter.Exit(ticket));
                clock.RunUntil(clock.Now + 0.01);
            }
        }

        Assert.Equal(32, limiter.Limit);
    }

    [Fact]
    public void TheQueueIsBoundedInNumberAndInBytes()
    {
        VirtualClock clock = new();
        List<WaitingCall> run = [];
        List<WaitingCall> shed = [];
        RpcAdaptiveLimit options = new() { TimeProvider = clock, MinLimit = 1, MaxLimit = 1, QueueLength = 3, QueueBytes = 250 };
        AdaptiveLimiter limiter = new(options, run.Add, shed.Add);
        MethodLatency method = limiter.Track();
        CallTicket first = new() { Latency = method };
        Assert.True(limiter.TryEnter(ref first, -1));
        Assert.False(first.Waits);
        Item a = Wait(RpcPriority.Sheddable, 100)!;
        Item b = Wait(RpcPriority.Default, 100)!;
        Assert.Null(Wait(RpcPriority.Sheddable, 100)); // 300 bytes.
        Item c = Wait(RpcPriority.Default, 10)!;
        Assert.Null(Wait(RpcPriority.Sheddable, 10)); // Four calls.
        Assert.Empty(shed);
        Item d = Wait(RpcPriority.Critical, 40)!;
        Assert.Equal([a], shed);
        Assert.Equal(3, limiter.Waiting);

        limiter.Exit(first);
        limiter.Exit(d.Ticket);
        limiter.Exit(b.Ticket);
        Assert.Equal([d, b, c], run);
        limiter.Exit(c.Ticket);
        Assert.Equal((0, 0), (limiter.Running, limiter.Waiting));

        Item? Wait(RpcPriority priority, int size)
        {
            Item item = new() { Ticket = new CallTicket { Latency = method, Priority = priority, Size = size } };
            if (!limiter.TryEnter(ref item.Ticket, -1)) return null;
            Assert.True(item.Ticket.Waits);
            limiter.Wait(item);
            return item;
        }
    }

    [Fact]
    public void WhoWaitsTooLongIsToldSo_ThoughNothingMoves()
    {
        VirtualClock clock = new();
        List<WaitingCall> shed = [];
        RpcAdaptiveLimit options = new() { TimeProvider = clock, MinLimit = 1, MaxLimit = 1 };
        AdaptiveLimiter limiter = new(options, static _ => { }, shed.Add);
        MethodLatency method = limiter.Track();
        CallTicket first = new() { Latency = method };
        Assert.True(limiter.TryEnter(ref first, -1));
        Item waits = new() { Ticket = new CallTicket { Latency = method } };
        Item leaves = new() { Ticket = new CallTicket { Latency = method } };
        foreach (Item item in (Item[])[waits, leaves])
        {
            Assert.True(limiter.TryEnter(ref item.Ticket, -1));
            limiter.Wait(item);
        }

        leaves.GivesUp = true;
        clock.RunUntil(0.02);
        Assert.Equal([leaves], shed);
        clock.RunUntil(0.09);
        Assert.Single(shed);
        clock.RunUntil(0.12);
        Assert.Equal([leaves, waits], shed);
        limiter.Exit(first);
        Assert.Equal((0, 0), (limiter.Running, limiter.Waiting));
    }

    [Fact]
    public void NoPlaceIsLostBetweenThreads()
    {
        ThreadLocal<Queue<Item>> mine = new(static () => new Queue<Item>());
        int finished = 0;
        int shed = 0;
        AdaptiveLimiter? limiter = null;
        RpcAdaptiveLimit options = new() { MinLimit = 2, MaxLimit = 2, QueueLength = 64, MaxQueueTime = TimeSpan.FromMinutes(1) };
        limiter = new AdaptiveLimiter(options, call => mine.Value!.Enqueue((Item)call), _ => Interlocked.Increment(ref shed));
        MethodLatency method = limiter.Track();
        int refused = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            Queue<Item> own = mine.Value!;
            for (int i = 0; i < 20_000; i++)
            {
                Item item = new() { Ticket = new CallTicket { Latency = method } };
                if (!limiter.TryEnter(ref item.Ticket, -1)) Interlocked.Increment(ref refused);
                else if (item.Ticket.Waits) limiter.Wait(item);
                else own.Enqueue(item);
                Finish();
            }

            void Finish()
            {
                while (own.TryDequeue(out Item? item))
                {
                    limiter.Exit(item.Ticket);
                    Interlocked.Increment(ref finished);
                }
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal((0, 0), (limiter.Running, limiter.Waiting));
        Assert.Equal(80_000, finished + refused + shed);
    }

    [Fact]
    public void AMistakeInTheOptionsIsNamed()
    {
        Assert.Contains("AdaptiveLimit.MaxLimit is 3", Message(new RpcAdaptiveLimit { MinLimit = 5, MaxLimit = 3 }), StringComparison.Ordinal);
        Assert.Contains("AdaptiveLimit.Tolerance is 0", Message(new RpcAdaptiveLimit { Tolerance = 0 }), StringComparison.Ordinal);
        Assert.Contains("AdaptiveLimit.Window is", Message(new RpcAdaptiveLimit { Window = TimeSpan.Zero }), StringComparison.Ordinal);

        static string Message(RpcAdaptiveLimit options) => Assert.Throws<ArgumentException>(options.Validate).Message;
    }

    private OverloadSimulation Limited(
        int seed, int workers, Func<Random, double> service, Action<RpcAdaptiveLimit>? configure = null) =>
        new(seed, workers, service, simulation =>
        {
            AdaptiveGate gate = new(simulation, configure);
            _limiter = gate.Limiter;
            return gate;
        });

    private sealed class Item : WaitingCall
    {
        public bool GivesUp { get; set; }

        public override bool IsGivenUp => GivesUp;

        public override void Run()
        {
        }
    }
}
