using System.Numerics;

namespace SourceGen.Rpc.Selection.Health;

/// <summary>
/// How calls to a node went. Counting is on the path of every call and takes neither lock nor interlocked operation: each processor counts in
/// a cell of its own, and a count is lost only when a thread is moved between reading and writing it. That is rare enough for statistics.
/// What ejects and restores is under the selector's gate.
/// </summary>
internal sealed class NodeHealth(bool isCounted)
{
    private static readonly int s_cells = (int)Math.Min(16, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private HealthCell[]? _cells;
    private int _consecutiveFailures;
    private volatile NodeEjection? _ejection;
    private volatile bool _isSuspect;

    /// <summary>Why it is ejected; null while it is not.</summary>
    public NodeEjection? Ejection => _ejection;

    /// <summary>Whether anything is to be done when a call succeeds: after failures, and while it is ejected or on probation.</summary>
    public bool IsSuspect => _isSuspect;

    /// <summary>Calls that failed, none having succeeded since.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutiveFailures);

    /// <summary>When the ejection ends, as a timestamp.</summary>
    public long EjectedUntil { get; private set; }

    /// <summary>When it was ejected or restored last, as a timestamp: what calls sent before that say is old news.</summary>
    public long LastTurn { get; private set; } = long.MinValue;

    /// <summary>How many times in a row it was ejected.</summary>
    public int Ejections { get; private set; }

    /// <summary>
    /// Whether it came back because its time was up, and no call has succeeded since: the first failure ejects it again.
    /// </summary>
    public bool IsOnProbation { get; private set; }

    /// <summary>Since when its weight grows; null when it has all of it.</summary>
    public long? SlowStartSince { get; set; }

    /// <summary>The totals when nodes were compared last.</summary>
    public CallTotals Baseline { get; set; }

    /// <summary>All calls so far.</summary>
    public CallTotals Totals
    {
        get
        {
            if (Volatile.Read(ref _cells) is not { } cells) return default;
            long successes = 0;
            long failures = 0;
            long elapsed = 0;
            foreach (ref HealthCell cell in cells.AsSpan())
            {
                successes += Volatile.Read(ref cell.Successes);
                failures += Volatile.Read(ref cell.Failures);
                elapsed += Volatile.Read(ref cell.Elapsed);
            }

            return new CallTotals(successes, failures, elapsed);
        }
    }

    /// <summary>Counts a call that succeeded.</summary>
    public void CountSuccess(long elapsed)
    {
        if (GetCells() is not { } cells) return;
        ref HealthCell cell = ref cells[Thread.GetCurrentProcessorId() & (cells.Length - 1)];
        cell.Successes++;
        if (elapsed > 0) cell.Elapsed += elapsed;
    }

    /// <summary>Counts a call that failed.</summary>
    /// <returns>How many failed in a row.</returns>
    public int CountFailure()
    {
        if (GetCells() is { } cells) cells[Thread.GetCurrentProcessorId() & (cells.Length - 1)].Failures++;
        int failures = Interlocked.Increment(ref _consecutiveFailures);
        _isSuspect = true;
        return failures;
    }

    /// <summary>A call succeeded after others had failed; the node is neither ejected nor on probation.</summary>
    public void ForgetFailures()
    {
        Volatile.Write(ref _consecutiveFailures, 0);
        _isSuspect = _ejection is not null || IsOnProbation;
    }

    /// <summary>It gets no calls. The gate is held.</summary>
    /// <param name="ejection">Why.</param>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="until">When it ends, as a timestamp.</param>
    public void Eject(NodeEjection ejection, long now, long until)
    {
        Ejections = ejection.Count;
        EjectedUntil = until;
        LastTurn = now;
        IsOnProbation = false;
        _ejection = ejection;
        _isSuspect = true;
    }

    /// <summary>It gets no calls for longer than was said. The gate is held.</summary>
    public void Extend(DateTimeOffset until, long untilTimestamp)
    {
        EjectedUntil = untilTimestamp;
        _ejection = _ejection! with { Until = until };
    }

    /// <summary>It gets calls again. The gate is held.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="isProven">Whether that is because it is known to be well, rather than because its time is up.</param>
    public void Restore(long now, bool isProven)
    {
        LastTurn = now;
        IsOnProbation = !isProven;
        if (isProven && Ejections > 0) Ejections--;
        Baseline = Totals; // What led to the ejection does not lead to the next.
        _ejection = null;
        Volatile.Write(ref _consecutiveFailures, 0);
        _isSuspect = IsOnProbation;
    }

    /// <summary>A call to it succeeded after its time was up. The gate is held.</summary>
    public void EndProbation()
    {
        IsOnProbation = false;
        ForgetFailures();
    }

    /// <summary>Everything is forgotten. The gate is held.</summary>
    public void Reset()
    {
        Ejections = 0;
        IsOnProbation = false;
        LastTurn = long.MinValue;
        SlowStartSince = null;
        Baseline = Totals;
        _ejection = null;
        ForgetFailures();
    }

    /// <summary>The cells, made by the first call: most nodes of a large fleet are never called by one client.</summary>
    private HealthCell[]? GetCells()
    {
        if (_cells is { } cells) return cells;
        if (!isCounted) return null;
        HealthCell[] mine = new HealthCell[s_cells];
        return Interlocked.CompareExchange(ref _cells, mine, null) ?? mine;
    }
}
