namespace SourceGen.Rpc.Policies;

/// <summary>
/// The attempts of one call after its first, and the waits before them: a random time between zero and a ceiling that doubles ("full
/// jitter": M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). Not thread safe; a copy goes its own way.
/// </summary>
/// <param name="policy">The first and the last ceiling.</param>
/// <param name="retries">How many attempts there may be after the first; with 0 there is none.</param>
/// <param name="random">Where the waits come from; null for the process's own.</param>
internal struct RetryBackoff(BackoffPolicy policy, int retries, Random? random = null)
{
    private int _waits;

    /// <summary>How many attempts were granted.</summary>
    public int Granted { get; private set; }

    /// <summary>Asks for another attempt.</summary>
    /// <param name="decision">What the failed one's error says.</param>
    /// <param name="remainingMs">What remains of the call's time, in milliseconds: 0 for nothing, -1 for no limit.</param>
    /// <param name="wait">How long to wait before it; always less than what remains.</param>
    /// <returns>
    /// False when the call is over: its attempts are used up, or its time would be. It then fails at once, with the error it has, instead of
    /// waiting for a moment that is too late.
    /// </returns>
    public bool TryNext(RetryDecision decision, int remainingMs, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (decision == RetryDecision.No || Granted >= retries || remainingMs == 0) return false;
        if (decision == RetryDecision.AfterBackoff)
        {
            TimeSpan drawn = Draw(policy, _waits, random ?? Random.Shared);
            if (remainingMs > 0 && drawn >= TimeSpan.FromMilliseconds(remainingMs)) return false;
            wait = drawn;
            _waits++;
        }

        Granted++;
        return true;
    }

    /// <summary>Draws one wait.</summary>
    /// <param name="policy">The first and the last ceiling.</param>
    /// <param name="waits">How many waits there were before it.</param>
    /// <param name="random">Where it comes from.</param>
    public static TimeSpan Draw(BackoffPolicy policy, int waits, Random random)
    {
        // 2^40 times a tick is longer than any limit; the product stays far from overflowing a double.
        double ceiling = Math.Min(policy.Max.Ticks, policy.Initial.Ticks * (double)(1L << Math.Min(waits, 40)));
        return TimeSpan.FromTicks((long)(ceiling * random.NextDouble()));
    }
}
