namespace SourceGen.Rpc.Brokers.RabbitMq.Mapping;

/// <summary>
/// The delays that messages can be delivered again after. Each needs a queue of its own, because a queue's messages leave it in order, so
/// there are few, and others are rounded up to one of them.
/// </summary>
internal static class RetryDelays
{
    private static readonly int[] s_milliseconds =
    [
        0, 10, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000,
        43_200_000, 86_400_000,
    ];

    /// <summary>The least of the delays that is as long as one that was asked for; a day for what is longer.</summary>
    /// <param name="delay">What was asked for.</param>
    public static TimeSpan RoundUp(TimeSpan delay)
    {
        foreach (int milliseconds in s_milliseconds)
        {
            if (delay.TotalMilliseconds <= milliseconds) return TimeSpan.FromMilliseconds(milliseconds);
        }

        return TimeSpan.FromMilliseconds(s_milliseconds[^1]);
    }
}
