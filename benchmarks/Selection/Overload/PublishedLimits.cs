namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>
/// The two algorithms of Netflix's concurrency-limits (github.com/Netflix/concurrency-limits, VegasLimit and Gradient2Limit, with their default
/// values) written down anew, to compare with.
/// </summary>
internal static class PublishedLimits
{
    private const double Max = 1000;

    /// <summary>The queue is limit * (1 - least / measured time); thresholds of 3 and 6 times log10 of the limit.</summary>
    public static Func<double, double, int, double> Vegas(Random random)
    {
        double least = double.PositiveInfinity;
        double jitter = 0.5 + (random.NextDouble() / 2);
        int probes = 0;
        return (limit, seconds, peak) =>
        {
            if (++probes >= jitter * 30 * limit)
            {
                probes = 0;
                jitter = 0.5 + (random.NextDouble() / 2);
                least = seconds;
                return limit;
            }

            if (seconds < least)
            {
                least = seconds;
                return limit;
            }

            double log = Math.Max(1, (int)Math.Log10(limit));
            double queue = Math.Ceiling(limit * (1 - (least / seconds)));
            if (peak * 2 < limit) return limit;
            double next = limit;
            if (queue <= log) next = limit + (6 * log);
            else if (queue < 3 * log) next = limit + log;
            else if (queue > 6 * log) next = limit - log;
            return Math.Clamp(next, 1, Max);
        };
    }

    /// <summary>A long average of the time stands for the time without load; a queue of 4 is always allowed.</summary>
    public static Func<double, double, int, double> Gradient2()
    {
        double longTerm = 0;
        int warmUp = 0;
        double sum = 0;
        return (limit, seconds, peak) =>
        {
            if (warmUp < 10)
            {
                sum += seconds;
                longTerm = sum / ++warmUp;
            }
            else
            {
                longTerm += (seconds - longTerm) * 2 / 601;
            }

            if (longTerm / seconds > 2) longTerm *= 0.95;
            if (peak < limit / 2) return limit;
            double gradient = Math.Clamp(1.5 * longTerm / seconds, 0.5, 1);
            return Math.Clamp((limit * 0.8) + (0.2 * ((limit * gradient) + 4)), 20, 200);
        };
    }
}
