using System.Buffers;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>Streams: their frames, and calls that have some.</summary>
internal sealed partial class RpcConnection
{
    /// <summary>Credit below this is no honest peer's: the smallest window is 1,024, and half of it is given back at a time.</summary>
    private const int LeastCredit = 512;

    /// <summary>The streams of this connection, and their windows.</summary>
    public ConnectionStreams Streams { get; }

    /// <summary>Whether this thread runs the connection's batch.</summary>
    public bool IsDraining => DrainScope.Corks(_ownership);

    /// <summary>Why the connection is closed; null while it is open.</summary>
    public RpcException? CloseReason => _isClosed ? _closeReason : null;

    /// <summary>Lets a stream's sender send more.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="role"><see cref="FrameFlags.Callee"/> when this side serves the call.</param>
    /// <param name="amount">What was consumed.</param>
    public void WriteCredit(ulong callId, FrameFlags role, long amount) =>
        Output.WriteStreamFrame(FrameType.StreamCredit, role, callId, (uint)amount);

    private void AcceptItems(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty) throw new ProtocolException($"{RemoteAddress} sent a frame of no stream items");
        if ((header.Flags & FrameFlags.Callee) != 0) AcceptDownload(header, payload);
        else AcceptUpload(header, payload);
    }

    /// <summary>Items of a call that this side made.</summary>
    private void AcceptDownload(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (!Calls.TryFind(header.CallId, out PendingCall? found)) ThrowUnknownStream(header);
        if (found is null) return; // Given up; the peer does not know yet.
        if (found is not StreamCall { Download: { } reader } call)
            throw new ProtocolException($"{RemoteAddress} sent stream items for {found.MethodName}, whose result is none");
        ref Reassembly? partial = ref Calls.PartialOf(header.CallId);
        if (partial is null && (header.Flags & FrameFlags.More) == 0)
        {
            Deliver(reader, payload, isAssembled: false, call);
            return;
        }

        if (!Assemble(ref partial, header, payload, reader)) return;
        Reassembly whole = partial!;
        partial = null;
        Deliver(whole, reader, call);
    }

    /// <summary>Items of a call that this side serves.</summary>
    private void AcceptUpload(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        InboundUpload upload = FindUpload(header);
        if (upload.Reader is not { } reader) return;
        Reassembly? partial = upload.Partial;
        if (partial is null && (header.Flags & FrameFlags.More) == 0)
        {
            Deliver(reader, payload, isAssembled: false, call: null);
            return;
        }

        bool complete = Assemble(ref partial, header, payload, reader);
        upload.Partial = complete ? null : partial;
        if (complete) Deliver(partial!, reader, call: null);
    }

    private bool Assemble(ref Reassembly? partial, in FrameHeader header, in ReadOnlySequence<byte> payload, InboundStream reader)
    {
        if (partial is null)
        {
            ReadOnlySequence<byte> rest = payload;
            int length = ItemLength.Read(ref rest);
            long cost = length < 0 ? long.MaxValue : (long)length + StreamCost.PerItem; // Who does not say at once may mean any length.
            if (!reader.AcceptsLarge(cost)) throw new ProtocolException($"{RemoteAddress} sent a large stream item without credit for it");
            partial = new Reassembly(header);
            Streams.Partial++;
        }

        Append(partial, payload);
        return (header.Flags & FrameFlags.More) == 0;
    }

    private void Deliver(Reassembly whole, InboundStream reader, StreamCall? call)
    {
        Streams.Partial--;
        if (whole.Discarding)
        {
            string detail = $"A stream item is too large. {DiscardReason(whole).Detail}";
            Fail(reader, call, new RpcException(RpcStatusCode.ResourceExhausted, detail));
        }
        else
        {
            Deliver(reader, whole.AsSequence(), isAssembled: true, call);
        }

        Finish(whole);
    }

    private void Deliver(InboundStream reader, in ReadOnlySequence<byte> payload, bool isAssembled, StreamCall? call)
    {
        Exception? error = reader.Accept(payload, isAssembled, out bool wake);
        if (wake) _ownership.Add(reader.Waker);
        if (error is null) return;
        RpcStatusCode code = call is null ? RpcStatusCode.InvalidArgument : RpcStatusCode.Internal;
        string name = call is null ? "" : $" of {call.MethodName}";
        Fail(reader, call, new RpcException(code, $"A stream item{name} from {RemoteAddress} cannot be read: {error.Message}", error));
    }

    private void Fail(InboundStream reader, StreamCall? call, RpcException error)
    {
        if (call is not null)
        {
            if (call.TryFail(error)) _ownership.Add(call);
        }
        else if (reader.End(error))
        {
            _ownership.Add(reader.Waker);
        }
    }

    private void AcceptStreamEnd(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if ((header.Flags & FrameFlags.Callee) != 0)
            throw new ProtocolException($"{RemoteAddress} ended a stream of call {header.CallId} without a reply");
        InboundUpload upload = FindUpload(header);
        Streams.Inbound.Remove(CallTable.SlotOf(header.CallId));
        if (upload.Partial is { } partial)
        {
            Streams.Partial--;
            Finish(partial);
        }

        if (upload.Reader is not { } reader) return;
        if (reader.End(payload.IsEmpty ? null : ReadEnd(payload))) _ownership.Add(reader.Waker);
    }

    private void AcceptStreamCredit(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        SequenceReader<byte> reader = new(payload);
        if (!reader.TryReadLittleEndian(out int amount) || reader.Remaining > 0 || amount == 0)
        {
            throw new ProtocolException($"{RemoteAddress} sent a stream credit that is none");
        }

        OutboundStream? stream = null;
        if ((header.Flags & FrameFlags.Callee) == 0) Streams.Downloads.TryGet(header.CallId, out stream);
        else if (Streams.Uploads.TryGet(header.CallId, out IUpload? upload)) stream = upload.Stream;
        if (stream is null || (uint)amount < LeastCredit) CountControl(FrameType.StreamCredit);
        if (stream is null) return; // It has ended; the peer did not know yet.
        if (!Streams.Sending.Refund(stream.Account, (uint)amount))
        {
            throw new ProtocolException(
                $"{RemoteAddress} gave {(uint)amount:N0} bytes of stream credit, more than the stream of call {header.CallId} had sent");
        }
    }

    private void AcceptStreamStop(in FrameHeader header)
    {
        CountControl(FrameType.StreamStop);
        if ((header.Flags & FrameFlags.Callee) == 0)
        {
            throw new ProtocolException(
                $"{RemoteAddress} stopped the stream of call {header.CallId}, which it made itself: callers cancel");
        }

        if (!Streams.Uploads.TryGet(header.CallId, out IUpload? upload)) return; // The call is over.
        upload.Stop();
        Streams.Sending.Close(upload.Stream.Account);
    }

    /// <summary>A request that announces a stream has arrived; whatever becomes of it, the stream comes.</summary>
    private void BeginUpload(in FrameHeader header)
    {
        if ((header.Flags & FrameFlags.OneWay) != 0) throw new ProtocolException($"{RemoteAddress} sent a one-way request with a stream");
        CheckSlot(header.CallId);
        Streams.Inbound.Add(CallTable.SlotOf(header.CallId), new InboundUpload(header.CallId));
    }

    private void CheckStreamEnded(ulong callId)
    {
        if (Streams.Inbound.ContainsKey(CallTable.SlotOf(callId)))
        {
            throw new ProtocolException(
                $"{RemoteAddress} used call slot {CallTable.SlotOf(callId)} again before it ended the stream of its last call");
        }
    }

    /// <summary>
    /// A reply has arrived: the streams of its call are over. Before its slot is free, so that the next call there does not meet them.
    /// </summary>
    private void EndStreamsOf(ulong callId)
    {
        if (Streams.Uploads.TryRemove(callId, out IUpload? upload))
        {
            // Only now: until its reply the peer may still count what a cancelled call had sent.
            upload.Stop();
            Streams.Sending.Close(upload.Stream.Account);
        }

        if (Streams.Partial == 0 || !Calls.Contains(callId)) return;
        ref Reassembly? partial = ref Calls.PartialOf(callId);
        if (partial is not { Header.Type: FrameType.StreamItems }) return;
        Streams.Partial--;
        Finish(partial);
        partial = null;
    }

    private RpcException ReadEnd(in ReadOnlySequence<byte> payload)
    {
        try
        {
            return ErrorMessage.Read(payload).ToException();
        }
        catch (RpcSerializationException e)
        {
            return new RpcException(
                RpcStatusCode.Internal, $"{RemoteAddress} ended its stream with an error that cannot be read: {e.Message}", e);
        }
    }

    private InboundUpload FindUpload(in FrameHeader header)
    {
        int slot = CallTable.SlotOf(header.CallId);
        if (Streams.Inbound.TryGetValue(slot, out InboundUpload? upload) && upload.Id == header.CallId) return upload;
        ThrowUnknownStream(header);
        return null;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private void ThrowUnknownStream(in FrameHeader header) => throw new ProtocolException(
        $"{RemoteAddress} sent a frame of type {header.Type} for call {header.CallId}, whose stream was not begun or has ended");
}
