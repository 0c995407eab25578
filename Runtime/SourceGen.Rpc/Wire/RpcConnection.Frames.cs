using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Claims;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// Frames: what each type that arrives comes to. Everything here runs on the receiver, and no user code but deserialization.
/// </summary>
internal sealed partial class RpcConnection
{
    private readonly ServerMethod[] _methods;
    private readonly List<int> _answered = [];
    private long _requestsSeen;
    private volatile ErrorMessage? _refusal;

    /// <summary>Frames after which decoding looks whether the peer reads what it is answered.</summary>
    private const int FramesBetweenLooks = 64;

    /// <summary>Takes every whole frame off the front of the buffer.</summary>
    /// <returns>Whether more bytes are needed to go on; false when there are frames left that must wait.</returns>
    private bool DecodeFrames(ref ReadOnlySequence<byte> buffer)
    {
        // Most reads are one array, in which frames are found without the sequence's arithmetic.
        if (buffer.IsSingleSegment && MemoryMarshal.TryGetArray(buffer.First, out ArraySegment<byte> array))
        {
            bool needsMore = DecodeFrames(array, out int consumed);
            buffer = buffer.Slice(consumed);
            return needsMore;
        }

        for (int frames = 1; buffer.Length >= FrameHeader.Size; frames++)
        {
            if (frames % FramesBetweenLooks == 0 && MustPause()) return false;
            FrameHeader header = ReadHeader(buffer);
            CheckLength(header);
            long total = FrameHeader.Size + header.Length;
            if (buffer.Length < total) return true;
            ReadOnlySequence<byte> payload = buffer.Slice(FrameHeader.Size, header.Length);
            buffer = buffer.Slice(total);
            Accept(header, payload);
        }

        return true;
    }

    private bool DecodeFrames(ArraySegment<byte> buffer, out int consumed)
    {
        byte[] array = buffer.Array!;
        int position = buffer.Offset;
        int end = position + buffer.Count;
        bool needsMore = true;
        for (int frames = 1; end - position >= FrameHeader.Size; frames++)
        {
            if (frames % FramesBetweenLooks == 0 && MustPause())
            {
                needsMore = false;
                break;
            }

            FrameHeader header = FrameHeader.Read(array.AsSpan(position, FrameHeader.Size));
            CheckLength(header);
            int payload = position + FrameHeader.Size;
            int length = (int)header.Length;
            if (end - payload < length) break;
            position = payload + length;

            // A sequence over an array: its span is found faster than that of one over a segment.
            Accept(header, new ReadOnlySequence<byte>(array, payload, length));
        }

        consumed = position - buffer.Offset;
        return needsMore;
    }

    private void CheckLength(in FrameHeader header)
    {
        if (header.Length > (uint)_settings.Local.MaxFrameSize) ThrowFrameTooLarge(header.Length);
    }

    private void ThrowFrameTooLarge(uint length) => throw new ProtocolException(
        $"{RemoteAddress} sent a frame of {length:N0} bytes; this side accepts at most {_settings.Local.MaxFrameSize:N0}");

    private static FrameHeader ReadHeader(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> copy = stackalloc byte[FrameHeader.Size];
        buffer.Slice(0, FrameHeader.Size).CopyTo(copy);
        return FrameHeader.Read(copy);
    }

    private void Accept(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        // Before anybody looks whether it is refused: whoever says afterwards how many were seen counts it.
        if (header.Type == FrameType.Request) Volatile.Write(ref _requestsSeen, _requestsSeen + 1);
        switch (header.Type)
        {
            case FrameType.Request when (header.Flags & FrameFlags.More) == 0: AcceptRequest(header, payload); break;
            case FrameType.Response when (header.Flags & FrameFlags.More) == 0 && payload.Length > _settings.Local.MaxMessageSize:
                FailReply(header, TooLarge(payload.Length));
                break;
            case FrameType.Response or FrameType.Error when (header.Flags & FrameFlags.More) == 0: AcceptReply(header, payload); break;
            case FrameType.Request: BeginRequest(header, payload); break;
            case FrameType.Response or FrameType.Error: BeginReply(header, payload); break;
            case FrameType.RequestContinuation: ContinueRequest(header, payload); break;
            case FrameType.ResponseContinuation: ContinueReply(header, payload); break;
            case FrameType.Cancel: CancelRequest(header.CallId); break;
            case FrameType.Ping: AnswerPing(header.CallId); break;
            case FrameType.Pong: CountControl(FrameType.Pong); break;
            case FrameType.GoAway: PeerLeaves(payload); break;
            case FrameType.Describe: Describe(header, payload); break;
            case FrameType.StreamItems: AcceptItems(header, payload); break;
            case FrameType.StreamEnd: AcceptStreamEnd(header, payload); break;
            case FrameType.StreamCredit: AcceptStreamCredit(header, payload); break;
            case FrameType.StreamStop: AcceptStreamStop(header); break;
            default:
                throw new ProtocolException(
                    $"{RemoteAddress} sent a frame of type {(byte)header.Type}, which this version does not know");
        }
    }

    private void AcceptRequest(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        Running.Begin();
        if (!TryAccept(header, payload)) Running.Finished();
    }

    /// <summary>Makes a call of a request, or refuses it.</summary>
    private bool TryAccept(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        bool oneWay = (header.Flags & FrameFlags.OneWay) != 0;
        if ((header.Flags & FrameFlags.Stream) != 0) BeginUpload(header);
        if (_refusal is { } refusal && !IsServedToTheEnd(header.Method))
        {
            Refuse(header, headers: null, refusal);
            return false;
        }

        if (!oneWay && (header.Flags & FrameFlags.Stream) == 0) CheckSlot(header.CallId);
        if (header.Method >= _methods.Length)
        {
            ErrorMessage unknown = Access?.RefuseStranger() ?? new ErrorMessage(
                RpcStatusCode.Unimplemented, $"There is no method number {header.Method} here; this side offers {_methods.Length}.", Refused: true);
            Refuse(header, headers: null, unknown);
            return false;
        }

        if (payload.Length > _settings.Local.MaxMessageSize)
        {
            Refuse(header, headers: null, TooLarge(payload.Length));
            return false;
        }

        ReadOnlySequence<byte> arguments = payload;
        RequestHead head = new(remainingMs: -1);
        if ((header.Flags & (FrameFlags.Deadline | FrameFlags.Headers)) != 0 && !TryTakeHead(header, ref arguments, out head)) return false;
        ServerMethod method = _methods[header.Method];
        ClaimsPrincipal? user = null;
        if (Access is { } access && !MayRun(access, header, method, head, arguments, out user, out bool accepted)) return accepted;
        CallTicket ticket = default;
        if (Admission is { } admission && !TryAdmit(admission, header, head, method, arguments.Length, out ticket)) return false;
        ServerCall? call = method.Accept(this, header.CallId, oneWay, arguments, out ErrorMessage? objection);
        if (call is null)
        {
            Refuse(header, head.Headers, objection!);
            Admission?.Withdraw(ticket);
            return false;
        }

        call.Prepare(head, user);
        if (Instruments.ObservesServers) call.Observe(method.Telemetry);
        Enlist(call, header.CallId, oneWay, ticket);
        return true;
    }

    /// <summary>A call that was accepted is known from now on, and is run: with its batch, or when its turn comes.</summary>
    private void Enlist(ServerCall call, ulong callId, bool oneWay, in CallTicket ticket)
    {
        if (Admission is not null) call.Ticket = ticket;
        Running.Add(call, callId, oneWay);
        if (ticket.Waits) Admission!.Wait(call); // Perhaps it runs already, or is over.
        else _ownership.Add(call);
    }

    private bool IsServedToTheEnd(int method) => method < _methods.Length && _methods[method].IsServedToTheEnd;

    private void CheckSlot(ulong callId)
    {
        if (CallTable.SlotOf(callId) is var slot && (uint)slot >= (uint)_settings.Local.MaxConcurrentCalls)
        {
            throw new ProtocolException(
                $"{RemoteAddress} used call slot {(uint)slot:N0}; this side accepts {_settings.Local.MaxConcurrentCalls:N0} calls at once");
        }

        if (Streams.Inbound.Count != 0) CheckStreamEnded(callId);
        if (Running.IsTaken(slot)) throw new ProtocolException($"{RemoteAddress} used call slot {slot} again before its call was answered");
    }

    private void AcceptReply(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        ReadOnlySequence<byte> reply = payload;
        ReadOnlySequence<byte> headers = default;
        if ((header.Flags & FrameFlags.Headers) != 0) headers = TakeReplyHeaders(ref reply); // Before somebody relies on the reply.
        if (Streams.Uploads.Count != 0 || Streams.Partial != 0) EndStreamsOf(header.CallId);
        if (!Calls.TryClaim(header.CallId, out PendingCall? call)) ThrowUnknownCall(header);
        _answered.Add(CallTable.SlotOf(header.CallId));
        if (call is null) return; // Cancelled or timed out; the reply only frees its slot.
        if (!headers.IsEmpty && AcceptReplyHeaders(call.Scope, call.MethodName, headers) is { } problem) call.SetError(problem);
        else if (header.Type == FrameType.Error) call.SetError(ReadError(reply, call));
        else call.Decode(reply);
        _ownership.Add(call);
    }

    private void FailReply(in FrameHeader header, ErrorMessage error)
    {
        if (Streams.Uploads.Count != 0 || Streams.Partial != 0) EndStreamsOf(header.CallId);
        if (!Calls.TryClaim(header.CallId, out PendingCall? call)) ThrowUnknownCall(header);
        _answered.Add(CallTable.SlotOf(header.CallId));
        if (call is null) return;
        call.SetError(new RpcException(error.Code, error.Detail));
        _ownership.Add(call);
    }

    private Exception ReadError(in ReadOnlySequence<byte> payload, PendingCall call)
    {
        try
        {
            ErrorMessage error = ErrorMessage.Read(payload);
            if (error.DetailType == RetryAfterDetail.Name) return RetryAfterDetail.Read(error);
            if (error is { Code: RpcStatusCode.Unauthenticated, Refused: true }) NoteUnauthenticated(call);
            return error.HasDetail && call.Errors is { } declared ? declared.Read(this, call.MethodName, error) : error.ToException();
        }
        catch (RpcSerializationException e)
        {
            return new RpcException(RpcStatusCode.Internal, $"{RemoteAddress} answered with an error that cannot be read: {e.Message}", e);
        }
    }

    private void ThrowUnknownCall(in FrameHeader header) =>
        throw new ProtocolException(
            $"{RemoteAddress} answered call {header.CallId} ({header.Type}), which was not made or is answered already");

    /// <summary>Gives the slots of answered calls back, once for the whole batch and before anybody continues and wants one.</summary>
    private void FreeAnsweredSlots()
    {
        if (_answered.Count == 0) return;
        lock (Output.Gate)
        {
            foreach (int slot in _answered) Calls.Free(slot);
            Output.SignalRoom();
        }

        _answered.Clear();
    }

    private void CancelRequest(ulong callId)
    {
        CountControl(FrameType.Cancel);
        if (_partialRequests.TryGetValue(callId, out Reassembly? partial) && !partial.Discarding)
        {
            _reassembling -= partial.Length;
            partial.Cancelled = true;
            partial.Discard();
            return;
        }

        Running.Cancel(callId);
    }

    private void PeerLeaves(in ReadOnlySequence<byte> payload)
    {
        CountControl(FrameType.GoAway);
        ErrorMessage reason;
        try
        {
            reason = ErrorMessage.Read(payload, isGoAway: true);
        }
        catch (RpcSerializationException e)
        {
            throw new ProtocolException($"{RemoteAddress} sent a go-away that cannot be read: {e.Message}");
        }

        if (_goAway is null) ConnectionLog.PeerLeaves(_logger, RemoteAddress, reason.Code, reason.Detail);
        _goAway = reason;
        Leave(); // First, so that hardly any call is missed by the next line; one that is will be told so by the peer.
        if (reason.Accepted is { } accepted) FailUnseen(reason, accepted);
    }

    /// <summary>Answers with the schema of the service that has the method number.</summary>
    private void Describe(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        CheckSlot(header.CallId);
        CountControl(FrameType.Describe, DescribeCost);
        if (header.Method >= _methods.Length)
        {
            ErrorMessage unknown = Access?.RefuseStranger()
                ?? new ErrorMessage(RpcStatusCode.NotFound, $"There is no method number {header.Method} here.", Refused: true);
            Refuse(header, headers: null, unknown);
            return;
        }

        RpcMethod method = _methods[header.Method].Method;
        if (Access is { } access && !access.MayDescribe(_methods[header.Method])) DescribeToStranger(access, header, method, payload);
        else WriteDescription(header.CallId, method.Contract);
    }
}
