using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// The mean latency of the last 15 to 30 seconds. Two halves of a window, each of which holds count and sum in one word, so that a call is
/// added by one interlocked operation; when a half's time is over, the older one is begun anew.
/// </summary>
/// <remarks>
/// The sliding window of Apache Dubbo's <c>ShortestResponseLoadBalance</c>, which has 30 seconds. Dubbo forgets everything at the end of a
/// window; with two halves there is always something to go by. A call that ends at the very moment when a half is begun may be lost to it.
/// </remarks>
internal struct LatencyWindow
{
    private const uint HalfLength = 15 * CoarseTime.Second;
    private const int CountBits = 24;
    private const ulong CountMask = (1UL << CountBits) - 1;

    /// <summary>
    /// A half that has so many calls, or as much time, takes no more: its mean is as good as it can be. The margins are for threads that
    /// look at the same time: 8 million of them, or 2,048 with the longest latency that counts.
    /// </summary>
    private const ulong MostCalls = 1UL << (CountBits - 1);
    private const ulong MostMicroseconds = 1UL << (64 - CountBits - 1);
    private const long LongestMicroseconds = 1L << 28;

    private ulong _even;
    private ulong _odd;
    private uint _half;

    /// <summary>Takes a measurement in; one of less than a microsecond counts as one, and one of more than four minutes as those.</summary>
    public void Add(long microseconds, uint moment)
    {
        uint half = moment / HalfLength;
        uint current = Volatile.Read(in _half);
        if (half != current && half != current - 1) Begin(half, current);

        ref ulong sum = ref Of(half);
        ulong seen = Volatile.Read(in sum);
        if ((seen & CountMask) >= MostCalls || seen >> CountBits >= MostMicroseconds) return;
        Interlocked.Add(ref sum, (ulong)Math.Clamp(microseconds, 1, LongestMicroseconds) << CountBits | 1);
    }

    /// <summary>The mean in microseconds; 0 when there was no call lately.</summary>
    public readonly double Average(uint moment)
    {
        uint current = Volatile.Read(in _half);
        int ahead = (int)(moment / HalfLength - current);
        if (ahead is < -1 or > 1) return 0;
        ulong even = ahead != 1 || (current & 1) == 0 ? Volatile.Read(in _even) : 0;
        ulong odd = ahead != 1 || (current & 1) != 0 ? Volatile.Read(in _odd) : 0;
        ulong count = (even & CountMask) + (odd & CountMask);
        return count == 0 ? 0 : (double)((even >> CountBits) + (odd >> CountBits)) / count;
    }

    private void Begin(uint half, uint current)
    {
        if (Interlocked.CompareExchange(ref _half, half, current) != current) return;
        Volatile.Write(ref Of(half), 0);
        if (half != current + 1) Volatile.Write(ref Of(half - 1), 0);
    }

    [UnscopedRef]
    private ref ulong Of(uint half) => ref (half & 1) == 0 ? ref _even : ref _odd;
}
