using System.Buffers;

namespace SourceGen.Rpc.Wire;

/// <summary>A message that is sent in fragments, one at a time between the frames of others.</summary>
internal sealed class LargeMessage(ChainedBuffer payload, FrameType type, FrameFlags flags, ushort method, ulong callId)
{
    private ReadOnlySequence<byte> _rest = payload.AsSequence();
    private bool _begun;

    /// <summary>Bytes that were not yet handed to the output.</summary>
    public long Remaining => _rest.Length;

    /// <summary>Copies the next fragment, header first.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool WriteFragment(ChainedBuffer destination, int fragmentSize)
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
