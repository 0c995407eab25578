using System.Diagnostics;
using System.Numerics;

namespace SourceGen.Rpc.Policies;

/// <summary>
/// How long most calls take: a quantile of the latencies of the last 10 to 20 seconds, for hedging.
/// </summary>
/// <remarks>
/// <para>
/// A histogram whose buckets grow with their values, sixteen to each power of two (as in G. Tene's HdrHistogram). What is read is the upper
/// end of the bucket in which the quantile lies: never less than the exact value, and at most a sixteenth more. Values over 2^40 ticks (18
/// minutes of nanoseconds) count as that.
/// </para>
/// <para>
/// Two histograms take turns: one fills for ten seconds while the one before it is still read along. Recording is one interlocked
/// increment. Reading gives the value that was last computed, and has it computed again twice a second, by whoever reads then. Nothing is
/// allocated; an estimator has 5 KiB.
/// </para>
/// </remarks>
internal sealed class LatencyQuantile
{
    /// <summary>With fewer latencies than these nothing is known.</summary>
    public const int MinSamples = 100;

    private const int SubBits = 4;
    private const int SubBuckets = 1 << SubBits;
    private const int MaxBits = 40;
    private const int Buckets = (MaxBits - SubBits + 1) * SubBuckets;

    private readonly double _quantile;
    private readonly long _windowTicks;
    private readonly long _refreshTicks;
    private volatile int[] _current = new int[Buckets];
    private int[] _previous = new int[Buckets];
    private long _windowStart;
    private long _due;
    private int _refreshing;
    private long _value = -1;

    /// <param name="quantile">Which, between 0 and 1.</param>
    /// <param name="now">The time now, in ticks.</param>
    /// <param name="frequency">How many ticks a second has; 0 for those of <see cref="Stopwatch"/>.</param>
    public LatencyQuantile(double quantile, long now, long frequency = 0)
    {
        if (frequency == 0) frequency = Stopwatch.Frequency;
        _quantile = quantile;
        _windowTicks = frequency * 10;
        _refreshTicks = Math.Max(1, frequency / 2);
        _windowStart = now;
        _due = now;
    }

    /// <summary>Notes how long a call took.</summary>
    /// <param name="elapsed">How long, in ticks.</param>
    public void Record(long elapsed) => Interlocked.Increment(ref _current[IndexOf(elapsed)]);

    /// <summary>Gets the quantile.</summary>
    /// <param name="now">The time now, in ticks.</param>
    /// <returns>The quantile in ticks, as of at most half a second ago; -1 when too few latencies were recorded to know.</returns>
    public long Read(long now)
    {
        if (now - Volatile.Read(ref _due) >= 0 && Interlocked.CompareExchange(ref _refreshing, 1, 0) == 0)
        {
            Refresh(now);
            Volatile.Write(ref _due, now + _refreshTicks);
            Volatile.Write(ref _refreshing, 0);
        }

        return Volatile.Read(ref _value);
    }

    private void Refresh(long now)
    {
        long age = now - _windowStart;
        if (age >= 2 * _windowTicks) Array.Clear(_current);
        if (age >= _windowTicks)
        {
            // Who still has the old array in hand records into the new window, which is as good.
            int[] oldest = _previous;
            Array.Clear(oldest);
            _previous = _current;
            _current = oldest;
            _windowStart = now;
        }

        Volatile.Write(ref _value, Compute());
    }

    private long Compute()
    {
        int[] current = _current;
        long total = 0;
        for (int i = 0; i < Buckets; i++) total += (uint)Volatile.Read(ref current[i]) + (long)(uint)_previous[i];
        if (total < MinSamples) return -1;
        long rank = Math.Clamp((long)Math.Ceiling(_quantile * total), 1, total);
        for (int i = 0; i < Buckets; i++)
        {
            rank -= (uint)Volatile.Read(ref current[i]) + (long)(uint)_previous[i];
            if (rank <= 0) return UpperEnd(i);
        }

        return UpperEnd(Buckets - 1); // What was recorded meanwhile cannot make it less.
    }

    /// <summary>The first 16 buckets hold one value each, each further 16 twice as many as those before.</summary>
    private static int IndexOf(long value)
    {
        if (value < SubBuckets) return value < 0 ? 0 : (int)value;
        if (value >= 1L << MaxBits) return Buckets - 1;
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift * SubBuckets) + (int)(value >> shift);
    }

    /// <summary>The greatest value of a bucket.</summary>
    private static long UpperEnd(int index)
    {
        if (index < SubBuckets) return index;
        int shift = (index / SubBuckets) - 1;
        return (((long)(index % SubBuckets) + SubBuckets + 1) << shift) - 1;
    }
}
