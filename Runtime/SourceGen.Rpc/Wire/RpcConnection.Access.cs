using System.Buffers;
using System.Security.Claims;
using System.Text;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>Who is on the other side: whose calls are served, and where credentials may go.</summary>
internal sealed partial class RpcConnection
{
    private bool? _allowsCredentials;

    /// <summary>Who calls over this connection; null where nobody is authenticated.</summary>
    public ConnectionAccess? Access { get; }

    /// <summary>After what time the connection should be replaced by one with a new credential; null for never.</summary>
    public TimeSpan? RenewAfter => _settings.RenewAfter;

    /// <summary>Whether credentials may go over this connection.</summary>
    private bool AllowsCredentials =>
        _allowsCredentials ??= _settings.AllowsInsecureCredentials || ChannelPrivacy.IsPrivate(_transport);

    /// <summary>No further call is to go out on this connection; those in flight finish.</summary>
    public void Retire() => Leave();

    /// <summary>Where credentials of calls come from that have none of their own; null for nowhere.</summary>
    public CredentialStore? CallCredentials => _settings.CallCredentials;

    /// <summary>
    /// The peer does not know who makes a call. Whoever keeps the credential that was refused is told, and nobody if it was the call's own:
    /// another of the client's would not help.
    /// </summary>
    private void NoteUnauthenticated(PendingCall call)
    {
        RpcCredential? refused = call.Terms is { HasCredential: true } terms ? terms.Credential : _settings.Credential;
        if (refused is not null) _settings.Unauthenticated?.Invoke(this, refused);
    }

    /// <summary>Answers a question for a description.</summary>
    public void WriteDescription(ulong callId, RpcContract contract)
    {
        byte[] schema = Encoding.UTF8.GetBytes(contract.Schema);
        CountAnswer(schema.Length);
        if (!Output.TryBegin(out FrameEncoder? encoder)) return;
        encoder.Write(schema);
        Output.End(encoder, FrameType.Response, FrameFlags.None, 0, callId, deferrable: false);
    }

    /// <summary>Somebody who is not known by the connection asks for a description, and may have a credential with the question.</summary>
    private void DescribeToStranger(ConnectionAccess access, in FrameHeader header, RpcMethod described, in ReadOnlySequence<byte> payload)
    {
        FrameHeader question = new(header.Length, header.Type, header.Flags & FrameFlags.Headers, header.Method, header.CallId);
        ReadOnlySequence<byte> rest = payload;
        if (!TryTakeHead(question, ref rest, out RequestHead head)) return;
        DescriptionMethod method = new(described);
        Running.Begin();
        if (MayRun(access, question, method, head, arguments: default, out _, out bool accepted))
            WriteDescription(header.CallId, described.Contract);
        if (!accepted) Running.Finished();
    }

    /// <summary>Asks whether a request may run now.</summary>
    /// <param name="access">Who decides.</param>
    /// <param name="header">The request's frame.</param>
    /// <param name="method">What it calls.</param>
    /// <param name="head">What stood before its arguments.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="user">Who makes it.</param>
    /// <param name="accepted">When it may not: whether it is accepted all the same, to be decided about later.</param>
    private bool MayRun(
        ConnectionAccess access,
        in FrameHeader header,
        ServerMethod method,
        in RequestHead head,
        in ReadOnlySequence<byte> arguments,
        out ClaimsPrincipal? user,
        out bool accepted)
    {
        user = null;
        accepted = false;
        if (!access.TryDecide(method, header.Method, head.Headers, out AccessVerdict verdict))
        {
            accepted = TryAcceptUndecided(access, header, method, head, arguments);
            return false;
        }

        user = verdict.User;
        if (verdict.Refusal is not { } refusal) return true;
        Refuse(header, head.Headers, refusal);
        return false;
    }

    /// <summary>
    /// Takes a request whose caller is still to be judged, which is the user's code and happens where handlers run. Its arguments wait as
    /// they came. Only a caller's stream, which does not wait, needs its reader now.
    /// </summary>
    private bool TryAcceptUndecided(
        ConnectionAccess access, in FrameHeader header, ServerMethod method, in RequestHead head, in ReadOnlySequence<byte> arguments)
    {
        bool oneWay = (header.Flags & FrameFlags.OneWay) != 0;
        ErrorMessage? objection = method.Check(this, header.CallId, oneWay);
        bool decodesNow = objection is null && method.TakesStream;
        long size = decodesNow ? 0 : arguments.Length;
        if (!access.TryHold(size))
        {
            Refuse(header, head.Headers, access.Refuse(AccessErrors.TooMuchHeld).Refusal!);
            return false;
        }

        CallTicket ticket = default;
        if (Admission is { } admission && !TryAdmit(admission, header, head, method, arguments.Length, out ticket))
        {
            access.Release(size);
            return false;
        }

        PendingAccess pending = new(access, method, header.Method, head.Headers);
        ServerCall? call = decodesNow
            ? method.Accept(this, header.CallId, oneWay, arguments, out objection)
            : new DeferredCall(this, header.CallId, oneWay, pending, objection, head, arguments);
        if (call is null)
        {
            Refuse(header, head.Headers, objection!);
            Admission?.Withdraw(ticket);
            return false;
        }

        if (decodesNow)
        {
            call.Prepare(head);
            ((IAwaitsVerdict)call).AwaitVerdict(pending);
        }

        if (header.Type == FrameType.Request && Instruments.ObservesServers) call.Observe(method.Telemetry);
        Enlist(call, header.CallId, oneWay, ticket);
        return true;
    }
}
