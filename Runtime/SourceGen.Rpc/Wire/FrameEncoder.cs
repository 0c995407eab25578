using System.Buffers;
using System.Buffers.Binary;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// What a serializer writes a message's payload into: the connection's output itself while the message fits a fragment, a buffer of
/// its own once it does not. At that moment the output's lock is released, so that a large message never holds up small ones.
/// </summary>
internal sealed class FrameEncoder(ConnectionOutput output) : IBufferWriter<byte>
{
    private FrameBuffer? _shared;
    private FrameBuffer? _own;

    /// <summary>Whether the message has left the shared output; the lock is then no longer held.</summary>
    public bool Detached => _own is not null;

    /// <summary>Begins a frame in the shared output, whose lock is held. The header is written when the length is known.</summary>
    public void Begin(FrameBuffer shared)
    {
        if (_shared != shared) _shared = shared;
        shared.BeginFrame();
    }

    /// <summary>Fills in the header of a frame that is still in the shared output.</summary>
    public void WriteHeader(FrameType type, FrameFlags flags, ushort method, ulong callId) =>
        _shared!.WriteFrameHeader(new FrameHeader((uint)_shared.FramePayloadLength, type, flags, method, callId));

    /// <summary>Takes a frame that failed out of the output again.</summary>
    public void Discard()
    {
        if (_own is null) _shared!.RewindFrame();
        else TakeOwn().Release();
    }

    /// <summary>Refuses a message, now that it is complete, which is larger than the peer accepts.</summary>
    /// <exception cref="RpcException">It is.</exception>
    public void EnsureAccepted()
    {
        long length = _own?.Length ?? _shared!.FramePayloadLength;
        if (length > output.MaxMessageSize) ConnectionOutput.ThrowTooLarge(length, output.MaxMessageSize);
    }

    /// <summary>The buffer of a detached message; the caller owns it from here, and the encoder can begin another frame.</summary>
    public FrameBuffer TakeOwn()
    {
        FrameBuffer own = _own!;
        _own = null;
        return own;
    }

    /// <summary>Writes a number, little endian.</summary>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(GetSpan(sizeof(uint)), value);
        Advance(sizeof(uint));
    }

    public void Advance(int count) => (_own ?? _shared!).Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int room = Reserve(sizeHint);
        Memory<byte> memory = (_own ?? _shared!).GetMemory(sizeHint);
        return memory.Length > room ? memory[..room] : memory;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        int room = Reserve(sizeHint);
        Span<byte> span = (_own ?? _shared!).GetSpan(sizeHint);
        return span.Length > room ? span[..room] : span;
    }

    /// <summary>Detaches the message if it outgrows a fragment, and refuses it if it outgrows what the peer accepts.</summary>
    /// <returns>The most bytes that may be handed out now.</returns>
    private int Reserve(int sizeHint)
    {
        if (_own is null)
        {
            long room = output.FragmentSize - _shared!.FramePayloadLength;
            if (Math.Max(sizeHint, 1) <= room) return (int)room;
            FrameBuffer own = new();
            _shared.CopyFramePayload(own);
            _shared.RewindFrame();
            _own = own;
            output.Detach(this);
        }

        // Buffers grow by whole segments, so a hint may exceed the limit although the message will not: only what is written counts.
        if (_own.Length > output.MaxMessageSize) ConnectionOutput.ThrowTooLarge(_own.Length, output.MaxMessageSize);
        return int.MaxValue;
    }
}
