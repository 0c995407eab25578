namespace SourceGen.Rpc.Wire;

/// <summary>Counts threads that poll for a connection, of which a machine bears no more than it has cores.</summary>
/// <param name="limit">How many there may be.</param>
internal sealed class ThreadBudget(int limit)
{
    private int _taken;

    /// <summary>The budget of the process.</summary>
    public static ThreadBudget Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>How many are there.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes one, unless all are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit) return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
