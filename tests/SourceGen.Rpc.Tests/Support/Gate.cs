using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>A place that code reaches and at which it stays until the test lets it go on.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>How many have come.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Waits until somebody has come.</summary>
    public Task Reached => _reached.Task.WaitAsync(Waiting.Limit);

    public void Open() => _open.TrySetResult();

    /// <summary>Stays, without a thread.</summary>
    public Task PassAsync()
    {
        Interlocked.Increment(ref _count);
        _reached.TrySetResult();
        return _open.Task;
    }

    /// <summary>Stays, and holds the thread.</summary>
    public void Pass()
    {
        Interlocked.Increment(ref _count);
        _reached.TrySetResult();
        using ManualResetEventSlim opened = new();
        _open.Task.ContinueWith(
            static (_, state) => ((ManualResetEventSlim)state!).Set(), opened, TaskContinuationOptions.ExecuteSynchronously);
        if (!opened.Wait(Waiting.Limit)) throw new TimeoutException("The gate was never opened.");
    }

    public void Dispose() => Open();
}
