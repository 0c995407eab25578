using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>
/// Wakes the loop that writes, and allocates nothing. (A wait of <see cref="SemaphoreSlim"/> that can be cancelled costs whoever wakes it 32 bytes, and
/// that is whoever publishes.) One loop waits, anybody sets; setting it twice before the loop looks wakes it once.
/// </summary>
internal sealed class WriterSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int IsSet = 1;
    private const int IsWaitedFor = 2;

    // On the pool, because whoever sets it may hold a lock. A loop that awaits the task itself is queued as it is, without a wrapper.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Wakes it.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, IsSet) == IsWaitedFor) _core.SetResult(true);
    }

    /// <summary>Waits to be woken; one wait at a time. What is looked at afterwards is at least as new as the last setting.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, IsWaitedFor, Idle) == Idle) return new ValueTask(this, _core.Version);
        Interlocked.Exchange(ref _state, Idle);
        return default;
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Interlocked.Exchange(ref _state, Idle);
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
