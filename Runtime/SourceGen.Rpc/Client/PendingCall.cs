using System.Buffers;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>
/// A call that waits for its reply. Exactly one of the reply, a cancellation, the deadline and the loss of the connection completes
/// it: the one that wins <see cref="TryClaim"/>.
/// </summary>
internal abstract class PendingCall() : BatchItem(runsInCallersContext: true)
{
    private long _claimable;
    private long _uses;
    private long _ordinal;
    private volatile CancelledBy _cancelRequested;
    private CancellationToken _token;
    private CancellationToken _inherited;
    private ClientObservation _observation;

    /// <summary>Which of the call's tokens was cancelled.</summary>
    protected enum CancelledBy
    {
        /// <summary>None yet.</summary>
        Nobody,

        /// <summary>The one it was made with.</summary>
        Token,

        /// <summary>That of the call whose handler made it.</summary>
        Inherited,
    }

    /// <summary>Who wants to know the headers of the reply; null for nobody.</summary>
    public RpcCallScope? Scope => Terms?.Scope;

    /// <summary>What the call is made with; null for a question of the engine's own.</summary>
    public CallTerms? Terms { get; protected set; }

    /// <summary>Whether somebody listens to the call.</summary>
    public bool IsObserved => _observation.IsOn;

    /// <summary>
    /// When the call fails with <see cref="RpcStatusCode.DeadlineExceeded"/>, on the engine's coarse clock; <see cref="long.MaxValue"/> for
    /// never.
    /// </summary>
    public long Deadline { get; protected set; }

    /// <summary>How long the call may take in milliseconds, for the error message.</summary>
    public int TimeoutMs { get; protected set; }

    /// <summary>The connection the call went out on.</summary>
    protected RpcConnection? Connection { get; private set; }

    /// <summary>The method called, for messages.</summary>
    public abstract string MethodName { get; }

    /// <summary>The errors that the method declares; null for none.</summary>
    public abstract DeclaredErrors? Errors { get; }

    /// <summary>The stream this side sends with the call; null for none.</summary>
    public IUpload? Upload { get; set; }

    /// <summary>The call's id on its connection.</summary>
    public ulong Id { get; private set; }

    /// <summary>
    /// Which request of its connection it is, from 1, in the order in which the peer sees them: what the peer names when it leaves.
    /// <see cref="long.MaxValue"/> while it is not written; 0 when it is not known, because it is sent in fragments, or is no request.
    /// </summary>
    public long Ordinal
    {
        get => Volatile.Read(ref _ordinal);
        set => Volatile.Write(ref _ordinal, value);
    }

    /// <summary>
    /// The call is in its connection's table from now on, and may complete before this returns. Called under the output's lock.
    /// </summary>
    /// <returns>What <see cref="TryClaim"/> asks for.</returns>
    public long Activate(RpcConnection connection, ulong id)
    {
        Connection = connection;
        Id = id;
        Ordinal = long.MaxValue;
        long use = ++_uses;
        Volatile.Write(ref _claimable, use);
        return use;
    }

    /// <summary>
    /// Wins the right to complete the call. The bid names the use of this pooled object, because whoever bids late may hold a
    /// reference from an earlier one; a call id would not do, as another connection may have the same.
    /// </summary>
    public bool TryClaim(long use) => Interlocked.CompareExchange(ref _claimable, 0, use) == use;

    /// <summary>Whether nobody has won that right yet.</summary>
    public bool IsClaimable(long use) => Volatile.Read(ref _claimable) == use;

    /// <summary>To be called after the call was written: acts on a cancellation that came while it was being written.</summary>
    /// <param name="use">What <see cref="Activate"/> returned.</param>
    public abstract void Written(long use);

    /// <summary>Reads the result; called by the receiver after it has claimed the call.</summary>
    public abstract void Decode(in ReadOnlySequence<byte> payload);

    /// <summary>Sets the error to complete with; called after the call was claimed.</summary>
    public abstract void SetError(Exception error);

    /// <summary>Remembers the tokens, before the call is registered with them.</summary>
    protected void SetTokens(CancellationToken token, CancellationToken inherited)
    {
        _token = token;
        _inherited = inherited;
        _cancelRequested = CancelledBy.Nobody;
    }

    /// <summary>A token's callback; user code may run it on any thread, before the call was even written.</summary>
    protected void OnCancelled(CancelledBy by)
    {
        _cancelRequested = by;
        Interlocked.MemoryBarrier();
        long use = Volatile.Read(ref _claimable);
        if (use != 0) Cancel(use, by);
    }

    /// <summary>To be called after a cancellable call was written: cancels it if its token was faster than its activation.</summary>
    protected void CancelIfRequested(long use)
    {
        Interlocked.MemoryBarrier();
        if (_cancelRequested is var by and not CancelledBy.Nobody) Cancel(use, by);
    }

    /// <summary>Says who listens to the call; the default value for nobody.</summary>
    public void Observe(in ClientObservation observation) => _observation = observation;

    /// <summary>Tells who listens to the call that it is over. Nothing of the call may be in other hands yet.</summary>
    /// <param name="error">What it failed with, or null.</param>
    /// <param name="wasLeft">Whether its caller only wanted no more of a stream.</param>
    protected void EndObservation(Exception? error, bool wasLeft = false)
    {
        ClientObservation observation = _observation;
        _observation = default; // The object goes on to make other calls.
        try
        {
            observation.End(error, wasLeft);
        }
        catch (Exception e)
        {
            Connection!.ListenerFailed(MethodName, e);
        }
    }

    private void Cancel(long use, CancelledBy by)
    {
        RpcConnection connection = Connection!;
        CancellationToken token = by == CancelledBy.Token ? _token : _inherited;
        ulong id = Id;
        if (!TryClaim(use)) return;
        connection.Calls.Abandon(id, this);
        connection.SendCancel(id);
        SetError(new OperationCanceledException(token));

        // The canceller's thread is the user's own, who expects Cancel() to return soon: the continuation runs elsewhere.
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Run(), this, preferLocal: false);
    }
}
