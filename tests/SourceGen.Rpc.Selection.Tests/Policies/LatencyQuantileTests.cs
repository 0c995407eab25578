using FsCheck;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection.Tests.Support;
using Random = System.Random;

namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class LatencyQuantileTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void What_is_read_is_never_less_than_the_exact_quantile_and_at_most_a_sixteenth_more() => Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Elements(0.5, 0.9, 0.95, 0.99, 0.999)), (seed, quantile) =>
        {
            Random random = new(seed);
            LatencyQuantile estimator = new(quantile, now: 0, Second);
            long[] values = new long[random.Next(LatencyQuantile.MinSamples, 3000)];
            double scale = Math.Pow(10, random.Next(1, 11));
            for (int i = 0; i < values.Length; i++) estimator.Record(values[i] = (long)(-Math.Log(1 - random.NextDouble()) * scale));
            Array.Sort(values);
            long exact = values[Math.Max(0, (int)Math.Ceiling(quantile * values.Length) - 1)];
            long read = estimator.Read(now: 0);
            return read >= exact && read <= exact + (exact / 16);
        }));

    [Fact]
    public void Every_latency_counts_as_itself_or_at_most_a_sixteenth_more()
    {
        List<long> values = [0, 1, 15, 16, 17, 31, 32, 33, (1L << 40) - 1];
        for (int bit = 5; bit < 40; bit++) values.AddRange([(1L << bit) - 1, 1L << bit, (1L << bit) + 1]);
        foreach (long value in values)
        {
            LatencyQuantile estimator = new(0.5, now: 0, Second);
            for (int i = 0; i < LatencyQuantile.MinSamples; i++) estimator.Record(value);
            long read = estimator.Read(now: 0);
            Assert.InRange(read, value, value + (value / 16));
        }
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(1L << 40, (1L << 40) - 1)]
    [InlineData(long.MaxValue, (1L << 40) - 1)]
    public void What_is_out_of_range_counts_as_its_end(long value, long expected)
    {
        LatencyQuantile estimator = new(0.5, now: 0, Second);
        for (int i = 0; i < LatencyQuantile.MinSamples; i++) estimator.Record(value);
        Assert.Equal(expected, estimator.Read(now: 0));
    }

    [Fact]
    public void With_less_than_a_hundred_latencies_nothing_is_known()
    {
        LatencyQuantile estimator = new(0.95, now: 0, Second);
        for (int i = 0; i < 99; i++) estimator.Record(10);
        Assert.Equal(-1, estimator.Read(now: 0));
        estimator.Record(10);
        Assert.Equal(-1, estimator.Read(now: (Second / 2) - 1));
        Assert.Equal(10, estimator.Read(now: Second / 2));
    }

    [Fact]
    public void What_was_read_holds_for_half_a_second()
    {
        LatencyQuantile estimator = new(0.5, now: 0, Second);
        Fill(estimator, 10);
        Assert.Equal(10, estimator.Read(now: 0));
        for (int i = 0; i < 5; i++) Fill(estimator, 15);
        Assert.Equal(10, estimator.Read(now: (Second / 2) - 1));
        Assert.Equal(15, estimator.Read(now: Second / 2));
    }

    [Fact]
    public void Latencies_are_kept_for_ten_seconds_and_forgotten_within_twenty()
    {
        LatencyQuantile estimator = new(0.5, now: 0, Second);
        Fill(estimator, 15);
        Fill(estimator, 15);
        Assert.Equal(15, estimator.Read(now: 0));
        Assert.Equal(15, estimator.Read(now: 10 * Second));
        Fill(estimator, 5);
        Assert.Equal(15, estimator.Read(now: 19 * Second));
        Assert.Equal(5, estimator.Read(now: 20 * Second));
        Assert.Equal(-1, estimator.Read(now: 30 * Second));
    }

    [Fact]
    public void After_a_long_silence_nothing_is_known()
    {
        LatencyQuantile estimator = new(0.5, now: 0, Second);
        Fill(estimator, 15);
        Assert.Equal(15, estimator.Read(now: 0));
        Assert.Equal(-1, estimator.Read(now: 60 * Second));
        Fill(estimator, 5);
        Assert.Equal(5, estimator.Read(now: 61 * Second));
    }

    [Fact]
    public async Task Threads_that_record_at_once_lose_nothing()
    {
        LatencyQuantile estimator = new(0.5, now: 0, Second);
        Task[] threads = [.. Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                // One more low one than high ones, of 80,001 that must all be there.
                for (int i = 0; i < 10_000; i++) estimator.Record(thread < 4 ? 3 : 14);
                if (thread == 0) estimator.Record(3);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Task.WhenAll(threads);
        Assert.Equal(3, estimator.Read(now: 0));
        estimator.Record(14);
        estimator.Record(14);
        Assert.Equal(14, estimator.Read(now: Second));
    }

    [Fact]
    public void Neither_recording_nor_reading_allocates()
    {
        LatencyQuantile estimator = new(0.95, now: 0, Second);
        long start = 0;
        Assert.Equal(0, Allocations.Of(() => Run(start += 60 * Second)));

        void Run(long began)
        {
            for (int i = 0; i < 1000; i++)
            {
                estimator.Record(i);
                estimator.Read(began + (i * (Second / 10)));
            }
        }
    }

    private static void Fill(LatencyQuantile estimator, long value)
    {
        for (int i = 0; i < LatencyQuantile.MinSamples; i++) estimator.Record(value);
    }
}
