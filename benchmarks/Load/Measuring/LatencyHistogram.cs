using System.Numerics;

namespace SourceGen.Rpc.Load;

/// <summary>
/// Counts durations in log-linear buckets: 64 per power of two, so a bucket is at most 1.6% wide. It holds 8 KB, has one writer and no
/// locks; each caller records into its own and the round merges them when the callers have stopped.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;

    /// <summary>2^37 ns are 137 seconds; anything longer counts as that.</summary>
    private const int LargestExponent = 37;

    private const long LargestValue = (1L << LargestExponent) - 1;

    private readonly uint[] _counts = new uint[SubBuckets * (LargestExponent - SubBucketBits + 1)];

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest duration recorded, exactly.</summary>
    public long Max { get; private set; }

    /// <summary>Records a duration.</summary>
    /// <param name="ticks">Any unit; negative values (a clock that went back) count as zero.</param>
    /// <param name="weight">How many times.</param>
    public void Record(long ticks, int weight = 1)
    {
        if (ticks > Max) Max = ticks;
        Count += weight;
        _counts[IndexOf(Math.Clamp(ticks, 0, LargestValue))] += (uint)weight;
    }

    /// <summary>Adds everything that <paramref name="other"/> holds.</summary>
    public void Merge(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    /// <summary>
    /// The duration that <paramref name="percent"/> of the recorded ones do not exceed; within a bucket, in proportion to the rank.
    /// </summary>
    /// <param name="percent">Above 0, at most 100.</param>
    /// <returns>The duration, or NaN when nothing was recorded.</returns>
    public double Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        if (Count == 0) return double.NaN;
        double rank = Math.Max(1, Count * percent / 100);
        double before = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0) continue;
            if (before + _counts[i] >= rank) return Math.Min(LowerBoundOf(i) + (WidthOf(i) - 1) * (rank - before) / _counts[i], Max);
            before += _counts[i];
        }

        return Max;
    }

    private static int IndexOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBucketBits);
        return shift * SubBuckets + (int)(value >> shift);
    }

    private static long WidthOf(int index) => 1L << ShiftOf(index);

    private static long LowerBoundOf(int index) => (long)(index - ShiftOf(index) * SubBuckets) << ShiftOf(index);

    // The first two groups of 64 are both exact: values below 128 have no shift.
    private static int ShiftOf(int index) => Math.Max(0, index / SubBuckets - 1);
}
