using System.Diagnostics;

namespace SourceGen.Rpc.Selection.Tests.Balancing;

/// <summary>A time that passes when a test says so.</summary>
internal sealed class TestClock : TimeProvider
{
    /// <summary>The time, in the ticks of <see cref="Stopwatch"/>.</summary>
    public long Now { get; private set; } = Stopwatch.Frequency * 1_000;

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override long GetTimestamp() => Now;

    public void Advance(TimeSpan time) => Now += Ticks(time);

    public static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    public static long Milliseconds(double milliseconds) => Ticks(TimeSpan.FromMilliseconds(milliseconds));
}
