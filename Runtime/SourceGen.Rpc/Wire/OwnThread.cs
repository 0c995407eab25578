namespace SourceGen.Rpc.Wire;

/// <summary>
/// Decides whether a connection is busy enough to be received on a thread of the engine's own: one that waits on the socket itself,
/// instead of being woken through the runtime's event loop and its thread pool, whose workers spin between work items on the very
/// cores the peers need. Only the connection's receiver may call it.
/// </summary>
/// <remarks>
/// There are at most as many such threads as cores in the process. A connection with a caller or two never gets one: its latency is
/// that of a wake-up either way, and a thread that polls for it would only cost.
/// </remarks>
internal sealed class OwnThread
{
    /// <summary>A batch of so many items counts as a sign of load; a smaller one as two signs against it.</summary>
    private const int BusyBatch = 4;

    /// <summary>So many signs of load in excess, and the connection asks for a thread.</summary>
    private const int AskFrom = 32;

    private const int Most = 64;

    private static readonly int s_limit = Environment.ProcessorCount;
    private static int s_taken;
    private int _load;

    /// <summary>Whether the connection has a thread now.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Notes how many items came in one batch.</summary>
    public void Note(int items)
    {
        if (items >= BusyBatch) _load = Math.Min(_load + 1, Most);
        else if (_load > 0) _load = Math.Max(_load - 2, 0);
    }

    /// <summary>Whether the connection has a thread, or gets one now.</summary>
    public bool TryTake()
    {
        if (IsTaken) return true;
        if (_load < AskFrom) return false;
        if (Interlocked.Increment(ref s_taken) <= s_limit) return IsTaken = true;
        Interlocked.Decrement(ref s_taken);
        _load = 0; // Asked again after as many busy batches.
        return false;
    }

    /// <summary>Whether the connection is busy no longer.</summary>
    public bool IsIdle => _load == 0;

    /// <summary>Gives the thread back, if there is one.</summary>
    public void GiveBack()
    {
        if (!IsTaken) return;
        IsTaken = false;
        _load = 0;
        Interlocked.Decrement(ref s_taken);
    }
}
