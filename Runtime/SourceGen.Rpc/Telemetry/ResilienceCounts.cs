using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Telemetry;

/// <summary>What clients do so that calls get through to servers that are well, for whoever measures. Calls that need none of it count nothing here.</summary>
internal sealed class ResilienceCounts
{
    private readonly Lock _gate = new();
    private readonly HashSet<Selector> _selectors = [];
    private long _retries;
    private long _transparentRetries;
    private long _hedges;
    private long _refusedRetries;
    private long _openedCircuits;
    private long _ejections;
    private long _restorations;

    /// <summary>Attempts after one that failed.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Attempts after one that no server ran.</summary>
    public long TransparentRetries => Interlocked.Read(ref _transparentRetries);

    /// <summary>Attempts beside one that was not answered yet.</summary>
    public long Hedges => Interlocked.Read(ref _hedges);

    /// <summary>Retries and hedges that the budget did not have.</summary>
    public long RefusedRetries => Interlocked.Read(ref _refusedRetries);

    /// <summary>How often a circuit opened.</summary>
    public long OpenedCircuits => Interlocked.Read(ref _openedCircuits);

    /// <summary>How often a node was ejected.</summary>
    public long Ejections => Interlocked.Read(ref _ejections);

    /// <summary>How often an ejected one got calls again.</summary>
    public long Restorations => Interlocked.Read(ref _restorations);

    /// <summary>A selector is in use.</summary>
    public void Add(Selector selector)
    {
        lock (_gate) _selectors.Add(selector);
    }

    /// <summary>It is closed.</summary>
    public void Remove(Selector selector)
    {
        lock (_gate) _selectors.Remove(selector);
    }

    public void CountRetry() => Interlocked.Increment(ref _retries);

    public void CountTransparentRetry() => Interlocked.Increment(ref _transparentRetries);

    public void CountHedge() => Interlocked.Increment(ref _hedges);

    public void CountRefusedRetry() => Interlocked.Increment(ref _refusedRetries);

    public void CountOpenedCircuit() => Interlocked.Increment(ref _openedCircuits);

    public void CountEjection() => Interlocked.Increment(ref _ejections);

    public void CountRestoration() => Interlocked.Increment(ref _restorations);

    /// <summary>Nodes that are ejected now.</summary>
    public long CountEjectedNodes()
    {
        Selector[] selectors;
        // They come here under locks of their own, which they count under as well.
        lock (_gate) selectors = [.. _selectors];
        return selectors.Sum(static selector => (long)selector.Counts.Ejected);
    }
}
