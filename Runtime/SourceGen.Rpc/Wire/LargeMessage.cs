using System.Buffers;

namespace SourceGen.Rpc.Wire;

/// <summary>A message that is sent in fragments, one at a time between the frames of others.</summary>
internal sealed class LargeMessage(FrameBuffer payload, FrameType type, FrameFlags flags, ushort method, ulong callId)
{
    private ReadOnlySequence<byte> _rest = payload.AsSequence();
    private bool _begun;

    /// <summary>Whether it is the request of a call.</summary>
    public bool IsRequest(ulong id) => callId == id && type == FrameType.Request && (flags & FrameFlags.OneWay) == 0;

    /// <summary>
    /// Drops what was not sent; what remains is an empty last fragment. A message that was not begun begins here, emptily.
    /// </summary>
    /// <returns>Whether it begins here.</returns>
    public bool CutShort(FrameBuffer destination)
    {
        _rest = ReadOnlySequence<byte>.Empty;
        payload.Release();
        if (_begun) return false;
        _begun = true;
        new FrameHeader(0, type, flags | FrameFlags.More, method, callId).Write(destination.GetSpan(FrameHeader.Size));
        destination.Advance(FrameHeader.Size);
        return true;
    }

    /// <summary>Whether the next fragment is the first one of a request.</summary>
    public bool BeginsRequest => !_begun && type == FrameType.Request;

    /// <summary>Bytes that were not yet handed to the output.</summary>
    public long Remaining => _rest.Length;

    /// <summary>Copies the next fragment, header first.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool WriteFragment(FrameBuffer destination, int fragmentSize)
    {
        ReadOnlySequence<byte> fragment = _rest.Slice(0, Math.Min(fragmentSize, _rest.Length));
        _rest = _rest.Slice(fragment.End);
        bool last = _rest.IsEmpty;
        FrameFlags more = last ? FrameFlags.None : FrameFlags.More;
        FrameHeader header = _begun
            ? new FrameHeader((uint)fragment.Length, Continuation(type), more, 0, callId)
            : new FrameHeader((uint)fragment.Length, type, flags | more, method, callId);
        _begun = true;
        header.Write(destination.GetSpan(FrameHeader.Size));
        destination.Advance(FrameHeader.Size);
        foreach (ReadOnlyMemory<byte> part in fragment) destination.Write(part.Span);
        if (last) payload.Release();
        return last;
    }

    /// <summary>Gives up what was not sent.</summary>
    public void Release() => payload.Release();

    private static FrameType Continuation(FrameType type) =>
        type == FrameType.Request ? FrameType.RequestContinuation : FrameType.ResponseContinuation;
}
