using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Load;

/// <summary>One async loop that calls, waits for the answer, and calls again.</summary>
internal abstract class Caller
{
    // Read by the main thread while the loop runs; on a cache line of its own, or neighbouring callers would slow each other down.
    private PaddedCount _answered;

    /// <summary>How long its calls took.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>How many calls were answered in this turn.</summary>
    public long Answered => Volatile.Read(ref _answered.Value);

    /// <summary>Forgets the turn before.</summary>
    public void Clear()
    {
        Latencies.Clear();
        Volatile.Write(ref _answered.Value, 0);
    }

    /// <summary>Calls until <paramref name="turn"/> is over, and at least once.</summary>
    public abstract Task RunAsync(CallerTurn turn);

    protected void CountAnswer() => Volatile.Write(ref _answered.Value, _answered.Value + 1);

    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct PaddedCount
    {
        [FieldOffset(64)]
        public long Value;
    }
}

/// <summary>A caller of one method.</summary>
/// <param name="operation">The method.</param>
/// <param name="index">Which caller this is; spreads the timed calls of several callers.</param>
/// <param name="sampleEvery">One call in this many is timed.</param>
internal sealed class Caller<TOperation, TResult>(TOperation operation, int index, int sampleEvery) : Caller
    where TOperation : struct, ICallOperation<TResult>
{
    public override async Task RunAsync(CallerTurn turn)
    {
        // A copy: the operation is a struct that counts, and each turn begins from the same state.
        TOperation calls = operation;
        int untilTimed = index % sampleEvery;
        do
        {
            if (untilTimed-- > 0)
            {
                calls.Finish(await calls.Start());
            }
            else
            {
                untilTimed = sampleEvery - 1;
                long start = Stopwatch.GetTimestamp();
                TResult result = await calls.Start();
                long ticks = Stopwatch.GetTimestamp() - start;
                if (calls.Finish(result)) Latencies.Record(ticks);
            }

            CountAnswer();
        }
        while (!turn.IsOver);
    }
}
