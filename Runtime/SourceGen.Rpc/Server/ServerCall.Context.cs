using System.Security.Claims;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>What a call knows besides its arguments: how long its caller waits, and the context that its handler can ask for.</summary>
internal abstract partial class ServerCall
{
    /// <summary>Stands for what the handler of a call threw that was never started.</summary>
    private static readonly OperationCanceledException s_neverStarted = new();

    private RpcContext? _context;
    private long _allowedMs;
    private bool _adopted;

    /// <summary>What a call is answered with that was given up before its handler was started.</summary>
    protected static OperationCanceledException NeverStarted => s_neverStarted;

    /// <summary>When the caller's time has passed, on the engine's coarse clock; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Whether somebody can learn that the call was cancelled: its handler, or the calls that the handler makes.</summary>
    public bool CanBeCancelled => IsCancellable || _context is not null;

    /// <summary>The method called.</summary>
    protected abstract RpcMethod Called { get; }

    /// <summary>Whether the caller's time has passed.</summary>
    protected bool IsLate => Deadline != long.MaxValue && Deadline <= Wire.Watchdog.BusyNow;

    /// <summary>
    /// Whether a cancellation that has come is the deadline's: the caller's clock is read as rarely as this side's, so its word that the
    /// time has passed may be here a little before the time has passed here.
    /// </summary>
    private bool IsAboutToBeLate => Deadline != long.MaxValue && Deadline - Wire.Watchdog.BusyNow <= Wire.RpcConnection.DeadlineScanMs;

    /// <summary>Tells the call what stood before its arguments, and who makes it. It has begun, and nobody else knows of it yet.</summary>
    public void Prepare(in RequestHead head, ClaimsPrincipal? user = null)
    {
        SetDeadline(head);
        bool flows = head.Headers is not null || Connection.PeerServes || (AmbientContext.IsInUse && Connection.FlowsContext);
        if (flows) CreateContext(head.Headers, head.Baggage, user);
    }

    /// <summary>
    /// Tells the call what stood before its arguments when its caller had to be judged first. It has a context in any case.
    /// </summary>
    /// <param name="head">What stood there.</param>
    /// <param name="user">Who makes it.</param>
    /// <param name="predecessor">What stood in its place meanwhile, and knows since when.</param>
    public void PrepareLate(in RequestHead head, ClaimsPrincipal? user, ServerCall predecessor)
    {
        Deadline = predecessor.Deadline;
        _allowedMs = predecessor._allowedMs;
        CreateContext(head.Headers, head.Baggage, user);
    }

    /// <summary>
    /// The context of a call that has none because nobody had asked for one when it began, or had it made so. Only the thread that runs the
    /// call's handler may ask, before the handler has awaited.
    /// </summary>
    public RpcContext? AdoptContext()
    {
        if (_context is null)
        {
            if (!Connection.FlowsContext) return null;
            CreateContext(RpcHeaders.Empty, RpcHeaders.Empty, Connection.Access?.User);
            _adopted = true;
        }

        // A call whose context flows is not asked here: code that sees no context then is another call's continuation that runs inline.
        return _adopted ? _context : null;
    }

    /// <summary>To be called before the handler runs.</summary>
    /// <returns>Null, or what to fail with instead of running it, because the time has passed while it was queued.</returns>
    protected Exception? Enter()
    {
        BeginSpan();
        if (_shed is not null) return new CallRefusedException(_shed);
        if (IsLate) return s_neverStarted;
        if (_context is not null) AmbientContext.Value = _context; // Whoever runs the item restores the execution context.
        return null;
    }

    /// <summary>To be called when the handler has finished, before its result is written: ends the context.</summary>
    /// <param name="headers">What goes out with the result; null for nothing.</param>
    /// <returns>Whether to write the result; otherwise nobody wants it, or an error is written in its place.</returns>
    protected bool TryEnd(out byte[]? headers)
    {
        headers = null;
        ErrorMessage? problem = null;
        if (_context is not null || Deadline != long.MaxValue)
        {
            problem = EndContext(out headers);
            if (IsLate) problem = Late(started: true);
        }

        if (!OneWay)
        {
            if (problem is null) return true;
            Connection.WriteError(Id, problem, headers);
        }

        if (_observation.IsOn) EndObservation(problem?.Code ?? RpcStatusCode.OK, problem?.Detail);
        return false;
    }

    /// <summary>Ends the context.</summary>
    /// <returns>Why the reply cannot go out with the headers that the handler set.</returns>
    private ErrorMessage? EndContext(out byte[]? headers)
    {
        headers = _context?.End();
        return headers is null ? null : Connection.CheckReplyHeaders(Called, ref headers);
    }

    private ErrorMessage Late(bool started) => new(
        RpcStatusCode.DeadlineExceeded,
        $"{Called.FullName} {(started ? "did not finish" : "was not started")} within the {_allowedMs:N0} ms that its caller allowed.",
        Refused: !started);

    /// <summary>Says how long the caller waits.</summary>
    protected void SetDeadline(in RequestHead head)
    {
        if (head.RemainingMs < 0) return;
        Deadline = Wire.Watchdog.BusyNow + head.RemainingMs;
        _allowedMs = head.RemainingMs;
    }

    /// <summary>Says who makes the call, before its handler runs.</summary>
    protected void SetUser(ClaimsPrincipal? user)
    {
        if (_context is not null) _context.User = user;
    }

    /// <summary>What to answer somebody unknown when the time has passed before it was known who calls: the method is not named.</summary>
    protected ErrorMessage NotStartedInTime() => new(
        RpcStatusCode.DeadlineExceeded, $"The call was not started within the {_allowedMs:N0} ms that its caller allowed.", Refused: true);

    private void CreateContext(RpcHeaders? headers, RpcHeaders? baggage, ClaimsPrincipal? user)
    {
        bool cancellable = IsCancellable;
        lock (_cancelling)
        {
            _context = new RpcContext(
                Connection,
                Called.FullName,
                Deadline,
                headers ?? RpcHeaders.Empty,
                baggage ?? RpcHeaders.Empty,
                cancellable ? _cancellation : null)
            {
                User = user,
            };
            _active = true; // Also without a token of the handler's own: the calls that it makes are to be cancelled.
            if (_cancelRequested) _context.MarkCancelled();
        }
    }

    private void ForgetHead()
    {
        Deadline = long.MaxValue;
        _context = null;
        _adopted = false;
    }
}
