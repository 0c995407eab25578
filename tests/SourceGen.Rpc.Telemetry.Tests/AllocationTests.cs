using System.Diagnostics.Metrics;
using SourceGen.Rpc.Telemetry.Tests.Support;

namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>What listening costs in memory, and not listening: client and server in one process, one call after the other.</summary>
public sealed class AllocationTests
{
    /// <summary>So many calls, one after the other, take as long as a busy machine lets them.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private const int Calls = 5_000;
    private const int WarmUpCalls = 25_000;
    private const int Rounds = 25;

    [Fact]
    public async Task Without_a_listener_a_unary_call_allocates_nothing() => Assert.InRange(await MeasureAsync(), 0, Calls - 1);

    [Fact]
    public async Task With_metrics_alone_a_unary_call_allocates_nothing()
    {
        Counter durations = new();
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == RpcTelemetry.MeterName) self.EnableMeasurementEvents(instrument, durations);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, tags, state) => ((Counter)state!).Add(tags.Length));
        listener.Start();
        long allocated = await MeasureAsync();
        Assert.True(durations.Count >= 2 * Calls, $"only {durations.Count} calls were measured");
        Assert.InRange(allocated, 0, Calls - 1);
    }

    [Fact]
    public async Task With_the_metrics_of_the_SDK_a_unary_call_allocates_nothing()
    {
        using Measurements measurements = new();
        long allocated = await MeasureAsync();
        Assert.True(measurements.Find("rpc.server.call.duration")!.Value >= Calls);
        Assert.InRange(allocated, 0, Calls - 1);
    }

    [Fact]
    public async Task With_a_listener_removed_a_unary_call_allocates_nothing_again()
    {
        Counter spans = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == RpcTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ => spans.Add(1),
        };
        ActivitySource.AddActivityListener(listener);
        await using (Node node = await Node.StartAsync())
        {
            await node.Proxy.AddAsync(1, 2).Soon();
        }

        Assert.True(spans.Count > 0);
        listener.Dispose();
        Assert.InRange(await MeasureAsync(), 0, Calls - 1);
    }

    /// <summary>
    /// The bytes that the calls allocated: the least of some rounds, as a busy machine makes the engine allocate now and then. They are short, so
    /// that some are undisturbed.
    /// </summary>
    private static async Task<long> MeasureAsync()
    {
        // Handlers that know their context have one each, whether anybody listens or not.
        await using Node node = await Node.StartAsync(configure: static options => options.FlowContext = false);

        // Many at once first: that fills the pools, from which every thread that comes to serve later takes its share.
        await Task.WhenAll(Enumerable.Range(0, 4096).Select(_ => CallAsync(node.Proxy, 1))).Soon();
        await Task.Run(() => CallAsync(node.Proxy, WarmUpCalls)).WaitAsync(s_patience);
        long allocated = long.MaxValue;
        for (int round = 0; round < Rounds && allocated >= Calls; round++)
        {
            allocated = Math.Min(allocated, await Task.Run(async () =>
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                await CallAsync(node.Proxy, Calls);
                return GC.GetTotalAllocatedBytes(precise: true) - before;
            }).WaitAsync(s_patience));
        }

        return allocated;
    }

    private static async Task CallAsync(IProbe proxy, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            if (await proxy.AddAsync(i, 1) != i + 1) throw new InvalidOperationException($"call {i} got a wrong result");
        }
    }

    private sealed class Counter
    {
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public void Add(int tags)
        {
            if (tags > 0) Interlocked.Increment(ref _count);
        }
    }
}
