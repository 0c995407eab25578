using System.Diagnostics;
using System.Numerics;

namespace SourceGen.Rpc.BuiltIn.Counting;

/// <summary>
/// Counts times in buckets of a log-linear scale: eight to each power of two, so that a bucket is an eighth of its times wide, whether
/// they are nanoseconds or minutes. The table has a fixed size; any thread may add.
/// </summary>
internal sealed class LatencyTable
{
    private const int SubBits = 3;
    private const int SubBuckets = 1 << SubBits;

    /// <summary>Times of 2^40 ns, which is 18 minutes, and more share the last bucket.</summary>
    private const int MaxExponent = 40;

    private readonly long[] _counts = new long[((MaxExponent - SubBits + 1) * SubBuckets) + 1];
    private long _timed;
    private long _total;

    /// <summary>Adds a time.</summary>
    /// <param name="stopwatchTicks">The time in ticks of <see cref="Stopwatch"/>.</param>
    public void Add(long stopwatchTicks)
    {
        // In 128 bits: ticks are nanoseconds on most systems, and then a day would overflow 64.
        long nanoseconds = (long)((Int128)Math.Max(0, stopwatchTicks) * 1_000_000_000 / Stopwatch.Frequency);
        Interlocked.Increment(ref _counts[IndexOf(nanoseconds)]);
        Interlocked.Increment(ref _timed);
        Interlocked.Add(ref _total, nanoseconds);
    }

    /// <summary>The buckets that hold something.</summary>
    public LatencyStats Read()
    {
        List<LatencyBucket> buckets = [];
        for (int i = 0; i < _counts.Length; i++)
        {
            if (Interlocked.Read(ref _counts[i]) is var count and > 0) buckets.Add(new LatencyBucket(EndOf(i), count));
        }

        return new LatencyStats(Interlocked.Read(ref _timed), Interlocked.Read(ref _total), buckets);
    }

    /// <summary>The bucket of a time.</summary>
    internal static int IndexOf(long nanoseconds)
    {
        if (nanoseconds < SubBuckets) return (int)nanoseconds;
        int exponent = BitOperations.Log2((ulong)nanoseconds);
        if (exponent >= MaxExponent) return (MaxExponent - SubBits + 1) * SubBuckets;
        return ((exponent - SubBits) * SubBuckets) + (int)(nanoseconds >> (exponent - SubBits));
    }

    /// <summary>The first time that is too long for a bucket.</summary>
    internal static long EndOf(int index)
    {
        if (index == (MaxExponent - SubBits + 1) * SubBuckets) return long.MaxValue;
        if (index < SubBuckets) return index + 1;
        int shift = (index / SubBuckets) - 1;
        return (long)((index % SubBuckets) + SubBuckets + 1) << shift;
    }
}
