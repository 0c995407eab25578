using System.Numerics;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Policies;

/// <summary>
/// Counts what happens on many threads at once, and is seldom read. Each processor has a cell on cache lines of its own, so that counting is
/// one interlocked operation that nobody else is in the way of.
/// </summary>
internal sealed class StripedCounter
{
    /// <summary>Two cache lines: processors fetch lines in pairs.</summary>
    private const int Stride = 128 / sizeof(long);

    private readonly long[] _cells;
    private readonly int _mask;

    public StripedCounter()
    {
        int cells = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 64));
        _mask = cells - 1;
        _cells = new long[(cells + 1) * Stride]; // One stride before the first cell, where the array's length stands.
    }

    /// <summary>The sum. What is counted meanwhile may be in it or not.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            for (int i = Stride; i < _cells.Length; i += Stride) total += Volatile.Read(ref _cells[i]);
            return total;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Increment() => Interlocked.Increment(ref _cells[((Thread.GetCurrentProcessorId() & _mask) + 1) * Stride]);
}
