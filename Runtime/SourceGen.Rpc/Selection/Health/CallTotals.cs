namespace SourceGen.Rpc.Selection.Health;

/// <summary>Calls to a node that ended, since it was known.</summary>
/// <param name="Successes">Those that succeeded.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Elapsed">How long the successes took together, in the ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal readonly record struct CallTotals(long Successes, long Failures, long Elapsed)
{
    public long Calls => Successes + Failures;

    public double SuccessRate => (double)Successes / Calls;

    public double MeanElapsed => (double)Elapsed / Successes;

    public static CallTotals operator -(CallTotals now, CallTotals before) =>
        new(now.Successes - before.Successes, now.Failures - before.Failures, now.Elapsed - before.Elapsed);
}
