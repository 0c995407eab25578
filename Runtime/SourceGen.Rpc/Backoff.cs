namespace SourceGen.Rpc;

/// <summary>
/// Waits that double up to a limit, each shortened at random by up to a half, so that many programs that lost the same server at the same
/// moment do not come back to it at the same moment.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private int _failures;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        TimeSpan ceiling = TimeSpan.FromTicks((long)Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, Math.Min(_failures++, 40))));
        return ceiling * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Goes on as if so many waits had passed: what failed before counts.</summary>
    public void Skip(int failures) => _failures += failures;

    /// <summary>It went well: the next failure is a first one.</summary>
    public void Reset() => _failures = 0;
}
