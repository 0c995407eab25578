using System.Buffers;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// A call with streams that waits for its reply. It is made once and not pooled: credit, items and cancellations may name it long after
/// its end.
/// </summary>
internal abstract class StreamCall(string methodName) : PendingCall
{
    /// <summary>The call is activated once, and <see cref="PendingCall.Activate"/> counts from 1.</summary>
    private const long OnlyUse = 1;

    private volatile bool _cancelRequested;
    private CancellationToken _token;
    private CancellationTokenRegistration _inherited;
    private DeclaredErrors? _errors;

    public override string MethodName => methodName;

    /// <summary>The stream this side gets, or null.</summary>
    public abstract InboundStream? Download { get; }

    public override DeclaredErrors? Errors => _errors;

    /// <summary>Whether the caller gave the call up without a token's order: it wanted no more of the stream.</summary>
    protected bool WasLeft => _cancelRequested && !_token.CanBeCanceled;

    /// <summary>Says what the call is made with.</summary>
    /// <param name="terms">Its terms.</param>
    /// <param name="timeoutMs">What remains of the limit of the whole call, streams included; -1 for none.</param>
    /// <param name="errors">The errors that the method declares; null for none.</param>
    /// <param name="observation">Who listens to the call.</param>
    public void Prepare(CallTerms terms, int timeoutMs, DeclaredErrors? errors, in ClientObservation observation)
    {
        Observe(in observation);
        long now = Watchdog.BusyNow; // Also without a limit: the watchdog must be awake while a call is under way.
        TimeoutMs = terms.TimeoutMs;
        Deadline = timeoutMs < 0 ? long.MaxValue : now + timeoutMs;
        Terms = terms;
        _errors = errors;
        if (!terms.Inherited.CanBeCanceled) return;
        _inherited = terms.Inherited.UnsafeRegister(static (call, token) => ((StreamCall)call!).Cancel(token), this);
    }

    /// <summary>The call was never written.</summary>
    public void Discard() => _inherited.Unregister();

    /// <inheritdoc/>
    /// <remarks>It also begins to send the stream.</remarks>
    public override void Written(long use)
    {
        Upload?.Start();
        Interlocked.MemoryBarrier();
        if (_cancelRequested) CancelNow();
    }

    /// <summary>The caller gives up. Any thread may call it, at any time.</summary>
    /// <param name="token">The token that says so.</param>
    /// <returns>Whether that ended the call; false when it is over, about to be over, or not written yet.</returns>
    public bool Cancel(CancellationToken token)
    {
        if (_cancelRequested) return false;
        _token = token;
        _cancelRequested = true;
        Interlocked.MemoryBarrier();
        return CancelNow();
    }

    /// <summary>An item cannot be used. Only the receiver may call it.</summary>
    /// <returns>Whether the call is now to be run; false when it is over already.</returns>
    public bool TryFail(Exception error)
    {
        if (!TryAbandon()) return false;
        SetError(error);
        return true;
    }

    public override void Decode(in ReadOnlySequence<byte> payload) => End();

    public override void SetError(Exception error) => End();

    /// <summary>What the producer of this side's own stream threw explains an error of the peer's better than the peer can.</summary>
    protected Exception Explain(Exception error) =>
        error is RpcException { Progress: RpcCallProgress.Answered } && Upload?.Fault is { } fault ? fault : error;

    private void End()
    {
        _inherited.Unregister();
        Upload?.Stop();
    }

    private bool TryAbandon()
    {
        // Not to be asked of the thread that writes the request: the first items may be here before it comes back from sending.
        if (!TryClaim(OnlyUse)) return false;
        Connection!.Calls.Abandon(Id, this);
        Download?.CloseAccount();
        Connection.SendCancel(Id);
        return true;
    }

    private bool CancelNow()
    {
        if (!TryAbandon()) return false;
        SetError(new OperationCanceledException(_token));

        // The canceller's thread is the user's own, who expects Cancel() to return soon: the continuation runs elsewhere.
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Run(), this, preferLocal: false);
        return true;
    }
}
