using System.Diagnostics;
using System.Numerics;

namespace Quickstart;

/// <summary>
/// How long calls took: counts in buckets that are at most 3% wide. Not thread safe; each caller has its own, and they are added up.
/// </summary>
public sealed class Latencies
{
    private const int FineBits = 5;
    private const int Fine = 1 << FineBits;
    private readonly long[] _buckets = new long[64 * Fine];

    /// <summary>Calls recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records a call.</summary>
    /// <param name="started">What <see cref="Stopwatch.GetTimestamp"/> said when it began.</param>
    public void Record(long started)
    {
        ulong nanoseconds = (ulong)Math.Max(1, Stopwatch.GetElapsedTime(started).Ticks * TimeSpan.NanosecondsPerTick);
        _buckets[BucketOf(nanoseconds)]++;
        Count++;
    }

    /// <summary>Adds what another caller recorded.</summary>
    public void Add(Latencies other)
    {
        for (int i = 0; i < _buckets.Length; i++) _buckets[i] += other._buckets[i];
        Count += other.Count;
    }

    /// <summary>The time that a share of the calls did not exceed, in microseconds.</summary>
    /// <param name="share">Such as 0.99.</param>
    public double Percentile(double share)
    {
        long rank = (long)Math.Ceiling(Count * share);
        for (int i = 0; i < _buckets.Length; i++)
        {
            rank -= _buckets[i];
            if (rank <= 0) return UpperBound(i) / 1000.0;
        }

        return 0;
    }

    /// <summary>The time as people read it: <c>38 us</c>, <c>1.2 ms</c>.</summary>
    public string Show(double share) => Percentile(share) is var us && us < 1000 ? $"{us:N0} us" : $"{us / 1000:N1} ms";

    private static int BucketOf(ulong nanoseconds)
    {
        int shift = Math.Max(0, BitOperations.Log2(nanoseconds) - FineBits);
        return (shift << FineBits) + (int)(nanoseconds >> shift);
    }

    private static double UpperBound(int bucket)
    {
        int shift = Math.Max(0, (bucket >> FineBits) - 1);
        return ((ulong)(bucket - (shift << FineBits)) + 1) << shift;
    }
}
