using System.Collections.Concurrent;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>Calls a service a thousand times a second, and keeps what went wrong.</summary>
internal sealed class CallLoad : IAsyncDisposable
{
    private const int CallsPerTick = 10;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _calling;
    private long _calls;

    public CallLoad(ISuiteService service) => _calling = Task.Run(async () =>
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        List<Task> calls = [];
        while (!_stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync();
            for (int i = 0; i < CallsPerTick; i++) calls.Add(CallAsync(service));
            calls.RemoveAll(static call => call.IsCompletedSuccessfully);
        }

        await Task.WhenAll(calls);
    });

    /// <summary>How many calls were answered.</summary>
    public long Answered => Interlocked.Read(ref _calls);

    /// <summary>What calls failed with.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _calling;
    }

    private async Task CallAsync(ISuiteService service)
    {
        try
        {
            await service.WhoAsync();
            Interlocked.Increment(ref _calls);
        }
        catch (Exception e)
        {
            Failures.Enqueue(e);
        }
    }
}
