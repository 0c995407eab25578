namespace SourceGen.Rpc.Policies;

/// <summary>
/// Sees to it that repetitions, hedges included, stay a share of all calls. Every call pays in a little, and every repetition takes one
/// out; what is not used loses its worth within seconds, so that a long time without failures does not save up for a storm.
/// </summary>
/// <remarks>
/// <para>
/// As Finagle's RetryBudget (https://twitter.github.io/finagle/guide/Clients.html#retries), whose deposits expire after a time; here they
/// decay, with a time constant of two seconds, which needs one number in place of a window's. With c calls in a time t, at most
/// <c>Ratio·(c + c₂) + MinPerSecond·(t + 2 s)</c> repetitions are granted, where c₂ is what the two seconds before had, by their decayed weight.
/// </para>
/// <para>
/// Lock-free. A call costs one interlocked increment, of its processor's own cell. Asking for a repetition costs one compare-and-swap, and
/// every ten milliseconds one of those who ask adds up the cells. Nothing is allocated.
/// </para>
/// </remarks>
internal sealed class RetryBudget
{
    /// <summary>The time in which what was paid in loses all but 1/e of its worth, in seconds.</summary>
    public const double DecaySeconds = 2;

    /// <summary>One repetition, in the unit of the balance.</summary>
    private const long One = 1_000_000;

    private readonly RetryBudgetPolicy _policy;
    private readonly TimeProvider _time;
    private readonly long _refillTicks;
    private readonly StripedCounter _calls = new();
    private long _counted;
    private long _refilledAt;
    private long _balance;
    private long _granted;
    private long _refused;

    /// <param name="policy">How much is paid in.</param>
    /// <param name="time">The clock.</param>
    public RetryBudget(RetryBudgetPolicy policy, TimeProvider time)
    {
        _policy = policy;
        _time = time;
        _refillTicks = Math.Max(1, time.TimestampFrequency / 100);
        _refilledAt = time.GetTimestamp();
        _balance = ToUnits(policy.MinPerSecond * DecaySeconds);
    }

    /// <summary>How many repetitions were granted.</summary>
    public long Granted => Volatile.Read(ref _granted);

    /// <summary>How many were not.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>A call is made: its first attempt, which is no repetition.</summary>
    public void Deposit() => _calls.Increment();

    /// <summary>Asks for a repetition.</summary>
    /// <returns>Whether it may be made.</returns>
    public bool TryWithdraw()
    {
        Refill();
        long balance = Volatile.Read(ref _balance);
        while (balance >= One)
        {
            long found = Interlocked.CompareExchange(ref _balance, balance - One, balance);
            if (found == balance)
            {
                Interlocked.Increment(ref _granted);
                return true;
            }

            balance = found;
        }

        Interlocked.Increment(ref _refused);
        return false;
    }

    private void Refill()
    {
        long now = _time.GetTimestamp();
        long last = Volatile.Read(ref _refilledAt);
        if (now - last < _refillTicks || Interlocked.CompareExchange(ref _refilledAt, now, last) != last) return;

        // Should another thread refill before this one has come to its end, one of the two finds less than nothing, and the sum is right.
        long total = _calls.Total;
        long calls = total - Interlocked.Exchange(ref _counted, total);
        double seconds = (double)(now - last) / _time.TimestampFrequency;
        double left = Math.Exp(-seconds / DecaySeconds);

        // What came evenly during the time has decayed by half of it, so to say.
        double worth = DecaySeconds * (1 - left) / seconds;
        long deposit = ToUnits(((calls * _policy.Ratio) + (seconds * _policy.MinPerSecond)) * worth);
        long balance = Volatile.Read(ref _balance);
        while (true)
        {
            long found = Interlocked.CompareExchange(ref _balance, (long)(balance * left) + deposit, balance);
            if (found == balance) return;
            balance = found;
        }
    }

    private static long ToUnits(double repetitions) => (long)(repetitions * One);
}
