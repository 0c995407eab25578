namespace SourceGen.Rpc.Wire;

/// <summary>
/// Decides whether a connection is busy enough to be received on a thread of the engine's own: one that waits on the socket itself,
/// instead of being woken through the readiness loop and the thread pool, whose workers spin between work items on the very
/// cores the peers need. Only the connection's receiver may call it.
/// </summary>
/// <remarks>
/// There are at most as many such threads in the process as the budget says. A connection with a caller or two never gets one: its
/// latency is that of a wake-up either way, and a thread that polls for it would only cost.
/// </remarks>
/// <param name="budget">Counts the threads of all connections.</param>
internal sealed class OwnThread(ThreadBudget budget)
{
    /// <summary>A batch of so many items counts as a sign of load; a smaller one as two signs against it.</summary>
    internal const int BusyBatch = 4;

    /// <summary>So many signs of load in excess, and the connection asks for a thread.</summary>
    internal const int AskFrom = 32;

    internal const int Most = 64;

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
        if (budget.TryTake()) return IsTaken = true;
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
        budget.GiveBack();
    }
}
