using System.Diagnostics;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// Moments in units of 64 microseconds, in 32 bits, so that one fits into a word beside what was measured at it. They wrap after 76 hours,
/// and differences are right up to half of that; what is older looks new again, which costs a node nothing but one call.
/// </summary>
internal static class CoarseTime
{
    /// <summary>Units in a second.</summary>
    public const int Second = 15_625;

    private static readonly double UnitsPerTick = Second / (double)Stopwatch.Frequency;
    private static readonly double MicrosecondsPerTick = 1e6 / Stopwatch.Frequency;

    /// <summary>The ticks of <see cref="Stopwatch"/> in a microsecond.</summary>
    public static double TicksPerMicrosecond { get; } = Stopwatch.Frequency / 1e6;

    /// <summary>A moment that is given in the ticks of <see cref="Stopwatch"/>.</summary>
    public static uint Of(long ticks) => (uint)(long)(ticks * UnitsPerTick);

    /// <summary>A time that is given in the ticks of <see cref="Stopwatch"/>, in microseconds.</summary>
    public static long Microseconds(long ticks) => (long)(ticks * MicrosecondsPerTick);

    /// <summary>From one moment to another; not positive when clocks that were read by two threads have crossed.</summary>
    public static int Between(uint earlier, uint later) => (int)(later - earlier);
}
