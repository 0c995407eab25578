namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>Wakes one loop. Setting it twice before the loop looks wakes it once.</summary>
internal sealed class AsyncSignal
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _isSet;

    /// <summary>Wakes it.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0) _semaphore.Release();
    }

    /// <summary>Waits to be woken. What is looked at afterwards is at least as new as the last setting.</summary>
    /// <returns>False when it took too long.</returns>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await _semaphore.WaitAsync(timeout, cancellationToken).ConfigureAwait(false)) return false;
        Interlocked.Exchange(ref _isSet, 0);
        return true;
    }
}
