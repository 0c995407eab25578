namespace SourceGen.Rpc.Server.Overload;

/// <summary>
/// How long the calls of one method took since it was last asked, and how long they take without load. Each method is compared with
/// itself, so that a change of what is called is not taken for a change of load.
/// </summary>
internal sealed class MethodLatency
{
    /// <summary>Fewer calls say nothing: they are kept until there are more.</summary>
    public const int FewestCalls = 8;

    private const int SumBits = 44;
    private const long SumMask = (1L << SumBits) - 1;

    /// <summary>64 ns, so that the sum has room for 300 hours.</summary>
    private const double UnitsPerSecond = 1e9 / 64;

    /// <summary>No call counts as longer: it would drown all others, and ten thousand of them must fit.</summary>
    private const double LongestSeconds = 60;

    // The number of calls above, the sum of their times below: one interlocked operation for a call, and never one without the other.
    private long _word;

    /// <summary>Seconds that a call takes without load; 0 while it is not known.</summary>
    public double Unloaded { get; set; }

    /// <summary>A call is over. Any thread may tell.</summary>
    public void Add(double seconds) =>
        Interlocked.Add(ref _word, (1L << SumBits) | (long)(Math.Clamp(seconds, 0, LongestSeconds) * UnitsPerSecond));

    /// <summary>Takes what was measured, if it is enough to go by.</summary>
    /// <param name="calls">How many calls.</param>
    /// <param name="seconds">How long they took together.</param>
    /// <returns>False when there are too few, which stay.</returns>
    public bool TryTake(out int calls, out double seconds)
    {
        calls = 0;
        seconds = 0;
        if (Volatile.Read(ref _word) >> SumBits < FewestCalls) return false;
        long word = Interlocked.Exchange(ref _word, 0);
        calls = (int)(word >> SumBits);
        seconds = (word & SumMask) / UnitsPerSecond;
        return true;
    }

    /// <summary>Forgets what was measured since it was last asked.</summary>
    public void Clear() => Interlocked.Exchange(ref _word, 0);
}
