using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.BuiltIn.Counting;

/// <summary>
/// What one thread has counted of one method. Only that thread writes it, so it needs no atomic operation, and a sum over all threads
/// is the truth.
/// </summary>
/// <remarks>
/// A look at the clock costs more than all counting, so that calls that follow each other closely are not all timed: while the calls that
/// are timed come within a millisecond of each other, more and more are left out between them, up to 63 on average; by chance, lest
/// they keep step with a pattern of the caller's.
/// </remarks>
internal struct CallCell
{
    private const int MaxStride = 64;

    private static readonly long s_closeTogether = Stopwatch.Frequency / 1000;

    private long _started;
    private long _ended;
    private long _lastTimed;
    private int _untilTimed;
    private int _stride;
    private uint _chance;

    /// <summary>Calls begun on the thread; for other threads too.</summary>
    public long Started => Volatile.Read(ref _started);

    /// <summary>Calls ended on the thread; for other threads too.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>A call begins.</summary>
    /// <returns>The time, if the call is to be timed; otherwise 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Begin()
    {
        _started++;
        return --_untilTimed > 0 ? 0 : Now();
    }

    /// <summary>A call ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End() => _ended++;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long Now()
    {
        long now = Stopwatch.GetTimestamp();
        _stride = now - _lastTimed > s_closeTogether ? 1 : Math.Min(_stride * 2, MaxStride);
        _lastTimed = now;
        _chance = (_chance * 1_664_525) + 1_013_904_223;

        // From 1 to twice the stride less 1, which is the stride on average.
        _untilTimed = 1 + (int)((_chance >> 8) % (uint)((_stride * 2) - 1));
        return now == 0 ? 1 : now;
    }
}
