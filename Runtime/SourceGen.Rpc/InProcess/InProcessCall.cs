using SourceGen.Rpc.Client;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.InProcess;

/// <summary>
/// A call that is made directly, as far as it can end before its handler does: by its caller's tokens, by its deadline, or with the
/// connection. It is used for one call after the other as long as handlers complete at once.
/// </summary>
/// <param name="link">Where it belongs.</param>
/// <param name="method">Service and method.</param>
internal abstract class InProcessCall(InProcessLink link, string method)
{
    private const long Active = 1;
    private const long Ended = 2;
    private const int UseShift = 2;

    /// <summary>The number of the use, and whether it is active, or was ended early. Who ends a call names its use.</summary>
    private long _state;
    private long _deadline = long.MaxValue;
    private int _timeoutMs;
    private CancellationTokenSource? _source;
    private RpcContext? _context;
    private CancellationTokenRegistration _registration;
    private CancellationTokenRegistration _inheritedRegistration;
    private Exception? _early;

    /// <summary>What the call ended with before its handler did; null when it did not.</summary>
    public Exception? Early => Volatile.Read(ref _early);

    /// <summary>The source of the handler's token.</summary>
    public CancellationTokenSource Source => _source ??= new CancellationTokenSource();

    /// <summary>Begins a call.</summary>
    /// <param name="context">Its context; null for none.</param>
    /// <param name="deadline">When its time has passed, on the engine's coarse clock.</param>
    /// <param name="terms">What it is made with.</param>
    /// <param name="cancellationToken">Its caller's token.</param>
    public void Begin(RpcContext? context, long deadline, CallTerms terms, CancellationToken cancellationToken)
    {
        _context = context;
        _timeoutMs = terms.TimeoutMs;
        Volatile.Write(ref _deadline, deadline);
        Volatile.Write(ref _state, (((_state >> UseShift) + 1) << UseShift) | Active);
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (call, token) => ((InProcessCall)call!).EndNow(new OperationCanceledException(token)), this);
        }

        CancellationToken inherited = terms.Inherited;
        if (inherited.CanBeCanceled && inherited != cancellationToken)
        {
            _inheritedRegistration = inherited.UnsafeRegister(
                static (call, token) => ((InProcessCall)call!).EndNow(new OperationCanceledException(token)), this);
        }
    }

    /// <summary>The handler has finished: nobody ends the call any more.</summary>
    /// <param name="early">What the call was ended with before; null when nobody did.</param>
    /// <returns>Whether the object can be used again: nobody may hold on to this use of it.</returns>
    public bool Finish(out Exception? early)
    {
        early = null;
        long state = Volatile.Read(ref _state);
        bool isFree = (state & Active) != 0 && Interlocked.CompareExchange(ref _state, state & ~Active, state) == state;
        if (!isFree)
        {
            SpinWait spin = default;
            while ((early = Early) is null) spin.SpinOnce(); // Whoever ended it says with what in its next step.
        }

        if (_registration != default && !_registration.Unregister()) isFree = false;
        if (_inheritedRegistration != default && !_inheritedRegistration.Unregister()) isFree = false;
        if (!isFree) return false;
        _registration = default;
        _inheritedRegistration = default;

        // A source whose token the context has handed out may be held by a task that outlives the call.
        if (_source is not null && (_context is not null || !_source.TryReset())) _source = null;
        _context = null;
        return true;
    }

    /// <summary>Ends the call if its time has passed.</summary>
    /// <returns>Whether it is active and has a deadline.</returns>
    public bool EndIfExpired(long now)
    {
        long state = Volatile.Read(ref _state);
        if ((state & Active) == 0) return false;
        long deadline = Volatile.Read(ref _deadline); // Of this use, or the state is another one by now.
        if (deadline <= now) End(state, CreateLate(link, method, _timeoutMs));
        return deadline != long.MaxValue;
    }

    /// <summary>The connection is closed.</summary>
    public void EndBecause(RpcException reason)
    {
        long state = Volatile.Read(ref _state);
        if ((state & Active) == 0) return;
        End(state, new RpcException(reason.Code, $"{method}: {reason.Detail}", reason) { Progress = RpcCallProgress.Unknown });
    }

    /// <summary>What a call fails with that took too long, in the words of calls to other processes.</summary>
    public static RpcException CreateLate(InProcessLink link, string method, int timeoutMs) => new(
        RpcStatusCode.DeadlineExceeded, $"{method} at {link.Client.RemoteAddress} did not answer within {timeoutMs:N0} ms.")
    {
        Progress = RpcCallProgress.Unknown,
    };

    /// <summary>The caller, if it waits already, is told that the call has ended. On the thread pool.</summary>
    protected abstract void Tell(Exception early);

    private void EndNow(Exception early)
    {
        long state = Volatile.Read(ref _state);
        if ((state & Active) != 0) End(state, early);
    }

    /// <summary>
    /// Who ends a call may be the watchdog, or somebody who calls Cancel and expects it to return soon: the caller's code and the handler's
    /// callbacks run elsewhere, and not one after the other.
    /// </summary>
    private void End(long state, Exception early)
    {
        if (Interlocked.CompareExchange(ref _state, (state & ~Active) | Ended, state) != state) return;
        Volatile.Write(ref _early, early);
        Interlocked.MemoryBarrier(); // Whoever begins to wait looks for this after it can be told.
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Tell(call._early!), this, preferLocal: false);
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.CancelHandler(), this, preferLocal: false);
    }

    private void CancelHandler()
    {
        CancellationTokenSource? source = _context is { } context ? context.MarkCancelled() : _source;
        try
        {
            source?.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the handler's own threw. Its call has ended already.
        }
    }
}
