using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Policies;

/// <summary>
/// Repeats calls in the background, after their callers were told that all is well (<see cref="CallStrategy.Failback"/>). Bounded; what it
/// does not take, gives up or is left with when it ends is counted and logged, because nobody else will ever know. Thread safe.
/// </summary>
/// <remarks>
/// Each call waits and is repeated by itself, so that one that hangs holds up no other. It is off every hot path, and allocates.
/// </remarks>
internal sealed class FailbackQueue : IAsyncDisposable
{
    /// <summary>How many calls it holds. Dubbo's default.</summary>
    public const int DefaultCapacity = 100;

    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LogBudget _lines = new(lines: 20, periodMs: 60_000);
    private readonly long _created;
    private readonly CancellationTokenSource _ending = new();
    private bool _isEnding;
    private int _count;
    private long _succeeded;
    private long _dropped;

    /// <param name="time">The clock.</param>
    /// <param name="logger">Where drops are logged.</param>
    /// <param name="capacity">How many calls it holds, those included that are being repeated.</param>
    /// <param name="random">Where the waits come from; null for the process's own.</param>
    public FailbackQueue(TimeProvider time, ILogger logger, int capacity = DefaultCapacity, Random? random = null)
    {
        _time = time;
        _logger = logger;
        _capacity = capacity;
        _random = random ?? Random.Shared;
        _created = time.GetTimestamp();
    }

    /// <summary>How many calls it holds.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many calls succeeded in the background.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>How many calls never did: there was no room, their attempts were used up, or the client was disposed of.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes a call over. It does not throw, and does not wait.</summary>
    /// <param name="call">The call.</param>
    /// <param name="policy">How often it is repeated, and after which waits.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="budget">Pays for each repetition; one that it does not cover is not made, and counts as one that failed. Null for none.</param>
    /// <returns>False when it is not repeated at all; that is logged.</returns>
    public bool TryAdd(FailbackCall call, RpcCallPolicy policy, Exception error, RetryBudget? budget = null)
    {
        string why;
        lock (_gate)
        {
            if (!_isEnding && _count < _capacity)
            {
                _count++;
                Start(call, policy, error, budget);
                return true;
            }

            why = _isEnding ? "the client is disposed" : $"{_capacity:N0} calls wait for their repetition already";
        }

        Drop(call, error, why);
        return false;
    }

    /// <summary>Ends: what waits is dropped, and what runs is cancelled and waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isEnding) return;
            _isEnding = true;
            if (_count == 0) _idle.TrySetResult();
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _idle.Task.ConfigureAwait(false);
        _ending.Dispose();
        long untold = _lines.TakeSuppressed();
        if (untold > 0) PolicyLog.FailbackDropsSuppressed(_logger, untold);
    }

    private void Start(FailbackCall call, RpcCallPolicy policy, Exception error, RetryBudget? budget)
    {
        // In the context of the call that is being served, this one would end with its time.
        bool isSuppressed = ExecutionContext.IsFlowSuppressed();
        if (!isSuppressed) ExecutionContext.SuppressFlow();
        try
        {
            _ = RunAsync(call, policy, error, budget);
        }
        finally
        {
            if (!isSuppressed) ExecutionContext.RestoreFlow();
        }
    }

    private async Task RunAsync(FailbackCall call, RpcCallPolicy policy, Exception error, RetryBudget? budget)
    {
        try
        {
            for (int made = 0; made < policy.Retries; made++)
            {
                TimeSpan wait = Wait(policy.Backoff, made);
                if (made > 0) PolicyLog.FailbackFailed(_logger, made, call.Method, (int)wait.TotalMilliseconds, error.Message);
                await Task.Delay(wait, _time, _ending.Token).ConfigureAwait(false);
                if (budget is not null && !budget.TryWithdraw())
                {
                    Instruments.Resilience.CountRefusedRetry();
                    continue;
                }

                try
                {
                    Instruments.Resilience.CountRetry();
                    await call.RepeatAsync(_ending.Token).ConfigureAwait(false);
                    Interlocked.Increment(ref _succeeded);
                    return;
                }
                catch (Exception e) when (!_ending.IsCancellationRequested)
                {
                    error = e;
                }

                if (!call.MayRepeat(error))
                {
                    Drop(call, error, "it would fail again");
                    return;
                }
            }

            Drop(call, error, $"its {policy.Retries:N0} repetitions did not succeed");
        }
        catch (Exception) when (_ending.IsCancellationRequested)
        {
            Drop(call, error, "the client was disposed of before it was repeated");
        }
        finally
        {
            lock (_gate)
            {
                _count--;
                if (_isEnding && _count == 0) _idle.TrySetResult();
            }
        }
    }

    /// <summary>
    /// Never sooner than the first ceiling, as nobody waits for it, and at least a millisecond: a wait of nothing would make the attempt on
    /// the thread of the caller.
    /// </summary>
    private TimeSpan Wait(BackoffPolicy policy, int waits)
    {
        TimeSpan wait = policy.Initial + RetryBackoff.Draw(policy, waits, _random);
        if (wait > policy.Max) wait = policy.Max;
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
    }

    private void Drop(FailbackCall call, Exception error, string why)
    {
        Interlocked.Increment(ref _dropped);
        if (!_lines.TryTake((long)_time.GetElapsedTime(_created).TotalMilliseconds, out long untold)) return;
        if (untold > 0) PolicyLog.FailbackDropsSuppressed(_logger, untold);
        PolicyLog.FailbackDropped(_logger, call.Method, why, error.Message);
    }
}
