using System.Diagnostics;

namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>The time of a simulation, which passes from one event to the next.</summary>
public sealed class VirtualTime : TimeProvider
{
    /// <summary>The time in seconds.</summary>
    public double Seconds { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => Stopwatch.Frequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => Ticks(Seconds);

    /// <summary>Seconds in the ticks of <see cref="Stopwatch"/>.</summary>
    public static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
