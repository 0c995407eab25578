using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Mdns;

/// <summary>
/// Runs everything that knows the state of mDNS one after the other: what callers ask for, what arrives, and what is due. So none of it
/// needs a lock.
/// </summary>
internal sealed class MdnsLoop : IAsyncDisposable
{
    /// <summary>How many messages may wait; more are dropped, as a network does, and asked for again.</summary>
    private const int MaxWaiting = 4096;

    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PriorityQueue<Action, long> _due = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Action _afterwards;
    private readonly ILogger _logger;
    private Task _running = Task.CompletedTask;
    private int _waiting;

    /// <summary>Creates a loop that does not run yet.</summary>
    /// <param name="afterwards">Runs after each round.</param>
    /// <param name="logger">Where it is logged that something failed, which then has no other consequence.</param>
    public MdnsLoop(Action afterwards, ILogger logger)
    {
        _afterwards = afterwards;
        _logger = logger;
    }

    /// <summary>The time of this round, in ticks of <see cref="TimeSpan"/>.</summary>
    public long Now { get; private set; } = GetNow();

    /// <summary>Ends with the loop.</summary>
    public CancellationToken Stopping => _stop.Token;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Runs something that may be dropped when too much waits.</summary>
    public void PostMessage(Action action)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting || !_work.Writer.TryWrite(Counted)) Interlocked.Decrement(ref _waiting);

        void Counted()
        {
            Interlocked.Decrement(ref _waiting);
            action();
        }
    }

    /// <summary>Runs something and gives its result.</summary>
    /// <exception cref="ObjectDisposedException">The registry is closed.</exception>
    public Task<T> InvokeAsync<T>(Func<T> action)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isPosted = _work.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        ObjectDisposedException.ThrowIf(!isPosted, typeof(MdnsRegistry));
        return done.Task;
    }

    /// <summary>Runs something later. Called from within the loop.</summary>
    public void After(TimeSpan delay, Action action) => _due.Enqueue(action, GetNow() + delay.Ticks);

    /// <summary>Runs what still waits, and nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static long GetNow() => Stopwatch.GetElapsedTime(0).Ticks;

    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            // One message must not end the registry.
            MdnsRegistryLog.Failed(_logger, e);
        }
    }

    private async Task RunAsync()
    {
        Task<bool> arrival = _work.Reader.WaitToReadAsync().AsTask();
        while (true)
        {
            if (!arrival.IsCompleted)
            {
                TimeSpan wait = _due.TryPeek(out _, out long due)
                    ? TimeSpan.FromTicks(Math.Clamp(due - GetNow(), 0, TimeSpan.TicksPerDay))
                    : Timeout.InfiniteTimeSpan;
                using CancellationTokenSource woken = new();
                await Task.WhenAny(arrival, Task.Delay(wait, woken.Token)).ConfigureAwait(false);
                await woken.CancelAsync().ConfigureAwait(false);
            }

            Now = GetNow();
            while (_work.Reader.TryRead(out Action? action)) Run(action);
            Now = GetNow();
            while (_due.TryPeek(out Action? next, out long at) && at <= Now)
            {
                _due.Dequeue();
                Run(next);
            }

            Run(_afterwards);
            if (!arrival.IsCompleted) continue;
            if (!await arrival.ConfigureAwait(false)) return;
            arrival = _work.Reader.WaitToReadAsync().AsTask();
        }
    }
}
