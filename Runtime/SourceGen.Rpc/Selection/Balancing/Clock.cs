using System.Diagnostics;

namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The time in the ticks of <see cref="Stopwatch"/>, as <see cref="NodeState"/> wants it, to some milliseconds, which is all that averages
/// over seconds need. The system's coarse clock says whether the exact one has to be read again; it costs a fraction of that.
/// </summary>
internal sealed class Clock
{
    private readonly TimeProvider? _provider;
    private readonly double _ticks;
    private long _readAt = long.MinValue;
    private long _now;

    /// <summary>Creates a clock.</summary>
    /// <param name="provider">What tells the time; null for the system.</param>
    public Clock(TimeProvider? provider)
    {
        if (provider is null || provider == TimeProvider.System) return;
        _provider = provider;
        _ticks = Stopwatch.Frequency / (double)provider.TimestampFrequency;
    }

    /// <summary>The time.</summary>
    public long Now
    {
        get
        {
            if (_provider is not null) return (long)(_provider.GetTimestamp() * _ticks);
            long coarse = Environment.TickCount64;
            if (Volatile.Read(ref _readAt) == coarse) return Volatile.Read(ref _now);
            long now = Stopwatch.GetTimestamp();

            // In this order: whoever sees the second sees the first.
            Volatile.Write(ref _now, now);
            Volatile.Write(ref _readAt, coarse);
            return now;
        }
    }
}
