using System.Globalization;

namespace SourceGen.Rpc;

/// <summary>
/// Sends a call again, to another server, while an earlier attempt has not been answered yet: the caller gets the first success, and the
/// others are cancelled. It cuts the slowest calls short for a few per cent more of them (J. Dean, L. A. Barroso, "The Tail at Scale",
/// CACM 56:2, 2013). For idempotent methods only, since several servers may run the call.
/// </summary>
public sealed record HedgePolicy
{
    private readonly int _maxHedges = 1;
    private readonly TimeSpan? _delay;
    private readonly double? _percentile;
    private readonly TimeSpan _minDelay = TimeSpan.FromMilliseconds(1);

    private HedgePolicy(TimeSpan? delay, double? percentile, TimeSpan? minDelay)
    {
        _delay = delay;
        _percentile = percentile;
        if (minDelay is { } least) _minDelay = PolicyRange.Time(least, nameof(MinDelay), TimeSpan.Zero);
    }

    /// <summary>How many more attempts one call may have in flight, each begun one delay after the last. Default: 1.</summary>
    /// <exception cref="ArgumentException">It is not from 1 to 10.</exception>
    public int MaxHedges
    {
        get => _maxHedges;
        init => _maxHedges = PolicyRange.Count(value, nameof(MaxHedges), 1, 10);
    }

    /// <summary>The fixed time after which the next attempt begins; null when it follows a percentile.</summary>
    public TimeSpan? Delay => _delay;

    /// <summary>
    /// Which part of the method's calls is answered by the time the next attempt begins, such as 0.95; null when the time is fixed. It is
    /// measured over the last 10 to 20 seconds; while fewer than 100 calls were measured, none is hedged.
    /// </summary>
    public double? Percentile => _percentile;

    /// <summary>The shortest delay that the percentile may come to. Default: 1 ms.</summary>
    public TimeSpan MinDelay => _minDelay;

    /// <summary>Begins the next attempt after a fixed time.</summary>
    /// <param name="delay">The time; zero sends all attempts at once.</param>
    /// <param name="maxHedges">See <see cref="MaxHedges"/>.</param>
    /// <exception cref="ArgumentException">The time is negative or longer than a day, or the number out of range.</exception>
    public static HedgePolicy After(TimeSpan delay, int maxHedges = 1) =>
        new(PolicyRange.Time(delay, nameof(Delay), TimeSpan.Zero), percentile: null, minDelay: null) { MaxHedges = maxHedges };

    /// <summary>Begins the next attempt when most calls would have been answered.</summary>
    /// <param name="percentile">See <see cref="Percentile"/>: from 0.5 to 0.999.</param>
    /// <param name="minDelay">See <see cref="MinDelay"/>.</param>
    /// <param name="maxHedges">See <see cref="MaxHedges"/>.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static HedgePolicy AtPercentile(double percentile, TimeSpan? minDelay = null, int maxHedges = 1)
    {
        if (percentile is not (>= 0.5 and <= 0.999))
        {
            throw new ArgumentException(string.Format(
                CultureInfo.InvariantCulture, "{0} is {1}; it must be from 0.5 to 0.999.", nameof(Percentile), percentile));
        }

        return new HedgePolicy(delay: null, percentile, minDelay) { MaxHedges = maxHedges };
    }
}
