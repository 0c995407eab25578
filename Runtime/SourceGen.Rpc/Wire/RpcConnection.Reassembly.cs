using System.Buffers;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>Messages of several frames: kept until they are whole, within what this side is ready to hold. The receiver's alone.</summary>
internal sealed partial class RpcConnection
{
    private readonly Dictionary<ulong, Reassembly> _partialRequests = [];
    private long _reassembling;

    private void BeginRequest(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        // One-way calls have no slot; their fragments are told apart by an id of their own in the same field.
        if ((header.Flags & FrameFlags.OneWay) == 0) CheckSlot(header.CallId);
        Reassembly partial = new(header);
        if (!_partialRequests.TryAdd(header.CallId, partial))
        {
            throw new ProtocolException($"{RemoteAddress} began request {header.CallId} again before it was complete");
        }

        if (_partialRequests.Count > _settings.Local.MaxConcurrentCalls)
        {
            throw new ProtocolException($"{RemoteAddress} has more than {_settings.Local.MaxConcurrentCalls:N0} requests unfinished");
        }

        Append(partial, payload);
    }

    private void ContinueRequest(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (!_partialRequests.TryGetValue(header.CallId, out Reassembly? partial))
        {
            throw new ProtocolException($"{RemoteAddress} continued request {header.CallId}, which it did not begin");
        }

        Append(partial, payload);
        if ((header.Flags & FrameFlags.More) != 0) return;
        _partialRequests.Remove(header.CallId);
        FrameHeader whole = partial.Header;
        if (partial.Discarding && (whole.Flags & FrameFlags.Stream) != 0) BeginUpload(whole);
        if (!partial.Discarding) AcceptRequest(whole, partial.AsSequence());
        else Refuse(whole, headers: null, DiscardReason(partial));
        Finish(partial);
    }

    private void BeginReply(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (!Calls.Contains(header.CallId)) ThrowUnknownCall(header);
        ref Reassembly? partial = ref Calls.PartialOf(header.CallId);
        if (partial is not null) throw new ProtocolException($"{RemoteAddress} began the reply to call {header.CallId} twice");
        partial = new Reassembly(header);
        Append(partial, payload);
    }

    private void ContinueReply(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        Reassembly? partial = Calls.Contains(header.CallId) ? Calls.PartialOf(header.CallId) : null;
        if (partial is null)
            throw new ProtocolException($"{RemoteAddress} continued the reply to call {header.CallId}, which it did not begin");
        Append(partial, payload);
        if ((header.Flags & FrameFlags.More) != 0) return;
        Calls.PartialOf(header.CallId) = null;
        if (partial.Discarding) FailReply(header, DiscardReason(partial));
        else AcceptReply(partial.Header, partial.AsSequence());
        Finish(partial);
    }

    private void Append(Reassembly partial, in ReadOnlySequence<byte> payload)
    {
        bool discarding = partial.Discarding;
        partial.Append(payload);
        if (discarding) return;
        _reassembling += payload.Length;
        if (partial.Length > _settings.Local.MaxMessageSize || _reassembling > _settings.Local.MaxReassemblySize)
        {
            _reassembling -= partial.Length;
            partial.Discard();
        }
    }

    private void Finish(Reassembly partial)
    {
        if (!partial.Discarding) _reassembling -= partial.Length;
        partial.Release();
    }

    /// <summary>
    /// The connection has ended, and the rest of these messages will not come: gives their memory back. The receiver's alone.
    /// </summary>
    private void DropPartialMessages()
    {
        foreach (Reassembly partial in _partialRequests.Values) partial.Release();
        _partialRequests.Clear();
        foreach (InboundUpload upload in Streams.Inbound.Values) upload.Partial?.Release();
        Streams.Inbound.Clear();
        Calls.DropPartialReplies();
    }

    private ErrorMessage TooLarge(long size) => new(
        RpcStatusCode.ResourceExhausted,
        $"The message has {size:N0} bytes; the receiver accepts at most {_settings.Local.MaxMessageSize:N0} (MaxMessageSize).",
        Refused: true);

    private ErrorMessage DiscardReason(Reassembly partial)
    {
        if (partial.Length > _settings.Local.MaxMessageSize) return TooLarge(partial.Length);
        return partial.Cancelled
            ? new ErrorMessage(RpcStatusCode.Cancelled, "The request was cancelled before it was complete.", Refused: true)
            : new ErrorMessage(
                RpcStatusCode.ResourceExhausted,
                $"The receiver already holds {_settings.Local.MaxReassemblySize:N0} bytes of unfinished messages (MaxReassemblySize).",
                Refused: true);
    }
}
