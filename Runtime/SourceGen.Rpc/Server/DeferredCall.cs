using System.Buffers;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// A request whose caller has to be judged first, with its arguments as they came. It holds the request's slot, can be cancelled and
/// runs out of time as any call; once the caller is known it decodes the arguments and goes on as the call that it stands for.
/// </summary>
internal sealed class DeferredCall : ServerCall
{
    private readonly PendingAccess _access;
    private readonly ErrorMessage? _objection;
    private readonly RequestHead _head;
    private byte[]? _arguments;

    /// <param name="connection">Where it comes from.</param>
    /// <param name="callId">Its id.</param>
    /// <param name="oneWay">Whether it gets no reply.</param>
    /// <param name="access">Who decides, and what is called.</param>
    /// <param name="objection">What is wrong with it besides, which only those may know who may call; null for nothing.</param>
    /// <param name="head">What stood before its arguments.</param>
    /// <param name="arguments">The arguments.</param>
    public DeferredCall(
        RpcConnection connection,
        ulong callId,
        bool oneWay,
        PendingAccess access,
        ErrorMessage? objection,
        in RequestHead head,
        in ReadOnlySequence<byte> arguments)
    {
        _access = access;
        _objection = objection;
        _head = head;
        _arguments = arguments.ToArray();
        Begin(connection, callId, oneWay);
        SetDeadline(head);
    }

    public override bool IsCancellable => true;

    protected override RpcMethod Called => _access.Method.Method;

    public override void Run() => _ = RunAsync();

    protected override void Recycle()
    {
    }

    private async Task RunAsync()
    {
        AccessVerdict verdict;
        byte[] arguments = _arguments!;
        try
        {
            verdict = IsLate || IsShed(out _) ? default : await _access.DecideAsync(Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            verdict = new AccessVerdict(null, new ErrorMessage(
                RpcStatusCode.Cancelled, "The call was cancelled before its caller was known.", Refused: true));
        }
        finally
        {
            _arguments = null;
            _access.Access.Release(arguments.Length);
        }

        ErrorMessage? refusal = IsShed(out ErrorMessage? overload) ? overload : IsLate ? NotStartedInTime() : verdict.Refusal ?? _objection;
        if (refusal is not null) Reject(refusal);
        else GoOn(verdict, arguments);
    }

    private void GoOn(in AccessVerdict verdict, byte[] arguments)
    {
        ServerCall call;
        try
        {
            call = _access.Method.Decode(Connection, Id, OneWay, new ReadOnlySequence<byte>(arguments));
        }
        catch (Exception e)
        {
            Reject(Connection.NoteUnreadable(Called, e));
            return;
        }

        call.PrepareLate(_head, verdict.User, this);
        call.Ticket = Ticket;
        HandOverObservation(call);
        Connection.Running.Replace(this, call, Id, OneWay);
        if (HandOver(call)) call.RequestCancel(Connection, Id);
        call.Run();
    }

    private void Reject(ErrorMessage refusal)
    {
        FinishHandler();
        if (!OneWay) Connection.WriteError(Id, refusal);
        Refused(refusal, _head.Headers);
        Finish(lease: null);
    }
}
