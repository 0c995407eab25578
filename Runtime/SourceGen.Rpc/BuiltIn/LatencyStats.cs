namespace SourceGen.Rpc.BuiltIn;

/// <summary>
/// A histogram of times. Of a method that is called more often than a thousand times a second only a sample of its calls is timed, one in
/// 64 at least; otherwise all are.
/// </summary>
/// <param name="Timed">How many calls were timed.</param>
/// <param name="TotalNanoseconds">The sum of their times.</param>
/// <param name="Buckets">The buckets that hold something, shortest times first. A bucket is at most an eighth of its times wide.</param>
public sealed record LatencyStats(long Timed, long TotalNanoseconds, List<LatencyBucket> Buckets)
{
    /// <summary>Estimates the time within which a share of the calls ended.</summary>
    /// <param name="share">The share, from 0 to 1: 0.99 for the 99th percentile.</param>
    /// <returns>The upper bound of the bucket where the share is reached; zero when nothing was timed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public TimeSpan Percentile(double share)
    {
        if (!(share is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "A share is from 0 to 1.");
        long wanted = (long)Math.Ceiling(share * Buckets.Sum(static bucket => bucket.Count));
        long seen = 0;
        foreach (LatencyBucket bucket in Buckets)
        {
            seen += bucket.Count;
            if (seen >= wanted) return TimeSpan.FromTicks(bucket.BelowNanoseconds / TimeSpan.NanosecondsPerTick);
        }

        return TimeSpan.Zero;
    }
}
