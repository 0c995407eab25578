using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>A call that this side serves: pooled, from its decoded arguments to its reply.</summary>
internal abstract partial class ServerCall : WaitingCall
{
    private readonly Lock _cancelling = new();
    private CancellationTokenSource? _cancellation;
    private bool _active;
    private bool _cancelRequested;
    private ServerCall? _successor;

    /// <summary>The caller's id of the call.</summary>
    public ulong Id { get; private set; }

    /// <summary>Whether the handler takes a token.</summary>
    public abstract bool IsCancellable { get; }

    /// <summary>Whether the caller wants no reply.</summary>
    protected bool OneWay { get; private set; }

    /// <summary>Where the call came from.</summary>
    protected RpcConnection Connection { get; private set; } = null!;

    /// <summary>The token for the handler.</summary>
    protected CancellationToken Token => _cancellation is null ? CancellationToken.None : _cancellation.Token;

    /// <summary>
    /// The caller gave up, or is gone. The handler's token is cancelled on the thread pool, because callbacks are user code and this
    /// thread is the receiver.
    /// </summary>
    /// <param name="connection">The connection of the call that is meant.</param>
    /// <param name="id">Its id; null for whichever call of that connection it is.</param>
    /// <param name="now">Cancels only if the call's deadline is not later, on the engine's coarse clock.</param>
    public void RequestCancel(RpcConnection connection, ulong? id, long now = long.MaxValue)
    {
        object? cancelled = null;
        ServerCall? successor;
        lock (_cancelling)
        {
            successor = _successor;

            // The object may serve another call by now, of another connection even, with the same id. Only a call with a token, or
            // with a context, is ever active. A source that was asked to cancel is never used again.
            if (successor is null)
            {
                if (!_active || Connection != connection || (id is { } wanted && Id != wanted) || Deadline > now || _cancelRequested)
                    return;
                _cancelRequested = true;
                cancelled = (object?)_context ?? _cancellation;
            }
        }

        if (successor is not null)
        {
            successor.RequestCancel(connection, id, now);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static cancelled => CancelSafely(cancelled), cancelled!, preferLocal: false);
    }

    /// <summary>Begins a call.</summary>
    protected void Begin(RpcConnection connection, ulong id, bool oneWay)
    {
        OneWay = oneWay;
        if (!IsCancellable)
        {
            Connection = connection;
            Id = id;
            return;
        }

        lock (_cancelling)
        {
            Connection = connection;
            Id = id;
            _cancellation ??= new CancellationTokenSource();
            _active = true;
        }
    }

    /// <summary>The handler has finished: nobody cancels the call any more, and its slot is free.</summary>
    /// <returns>Whether the caller had given up.</returns>
    protected bool FinishHandler()
    {
        bool cancelled = false;
        if (CanBeCancelled)
        {
            lock (_cancelling)
            {
                _active = false;
                cancelled = _cancelRequested;
                _cancelRequested = false;

                // A source whose token the context has handed out may be held by a task that outlives the call.
                if (cancelled || _context is not null || !_cancellation!.TryReset()) _cancellation = null;
            }
        }

        Connection.Running.Remove(this, Id, OneWay);
        return cancelled;
    }

    /// <summary>Another call goes on in place of this one, which is never answered.</summary>
    /// <returns>Whether the caller has given up meanwhile, so that the successor is to be told.</returns>
    protected bool HandOver(ServerCall successor)
    {
        lock (_cancelling)
        {
            _successor = successor;
            _active = false;
            return _cancelRequested;
        }
    }

    /// <summary>Answers with what the handler threw.</summary>
    protected void Answer(ErrorPolicy policy, RpcMethod method, Exception error, bool cancelled)
    {
        ErrorMessage? problem = EndContext(out byte[]? headers);
        bool late = IsLate || (cancelled && IsAboutToBeLate);
        CallRefusedException? refused = error as CallRefusedException;
        bool wasCancelled = (cancelled || late) && error is OperationCanceledException;
        ErrorMessage message = refused is not null
            ? refused.Refusal
            : wasCancelled
                ? new ErrorMessage(RpcStatusCode.Cancelled, $"{method.FullName} was cancelled by its caller.")
                : policy.Describe(method, error, TraceId); // Also when it is too late: it logs what the handler did not expect.
        if (late && refused is null) message = Late(started: error != s_neverStarted);
        message = problem ?? message;
        if (!OneWay) Connection.WriteError(Id, message, headers);
        if (!_observation.IsOn) return;

        // The error's own words, not those that stand in for them when the caller may not read them.
        bool isOwn = !late && !wasCancelled && problem is null && refused is null;
        EndObservation(message.Code, isOwn ? ErrorTexts.MessageOf(error) : message.Detail, message.Refused);
    }

    /// <summary>The call is over: the object goes back to its pool, and what its implementation held is released.</summary>
    protected void Finish(IAsyncDisposable? lease)
    {
        RpcConnection connection = Connection;
        bool oneWay = OneWay;
        if (_context is not null || Deadline != long.MaxValue) ForgetHead();
        if (connection.Admission is { } admission)
        {
            admission.Exit(Ticket);
            Ticket = default;
            _shed = null;
        }

        Recycle();
        connection.CallFinished(oneWay, lease);
    }

    /// <summary>Clears what belongs to the call and returns the object to its pool.</summary>
    protected abstract void Recycle();

    private static void CancelSafely(object cancelled)
    {
        CancellationTokenSource? source = cancelled as CancellationTokenSource ?? ((RpcContext)cancelled).MarkCancelled();
        try
        {
            source?.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the handler's own threw. Its call fails by the handler's reaction to the token, or goes on.
        }
    }
}
