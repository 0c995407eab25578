using System.Buffers;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// What a serializer writes a message's payload into: the connection's output itself while the message fits a fragment, a buffer of
/// its own once it does not. At that moment the output's lock is released, so that a large message never holds up small ones.
/// </summary>
internal sealed class FrameEncoder(ConnectionOutput output) : IBufferWriter<byte>
{
    private ChainedBuffer? _shared;
    private ChainedBuffer? _own;
    private ChainedBuffer.Mark _start;
    private ChainedBuffer.Mark _payloadStart;
    private Memory<byte> _header;

    /// <summary>Whether the message has left the shared output; the lock is then no longer held.</summary>
    public bool Detached => _own is not null;

    /// <summary>Bytes of payload written.</summary>
    public long PayloadLength => _own?.Length ?? _shared!.Length - _payloadStart.Length;

    /// <summary>Begins a frame in the shared output, whose lock is held. The header is written when the length is known.</summary>
    public void Begin(ChainedBuffer shared)
    {
        _shared = shared;
        _header = shared.GetMemory(FrameHeader.Size); // Before the mark: a new segment must not lie between mark and header.
        _start = shared.GetMark();
        shared.Advance(FrameHeader.Size);
        _payloadStart = shared.GetMark();
    }

    /// <summary>Fills in the header of a frame that is still in the shared output.</summary>
    public void WriteHeader(FrameType type, FrameFlags flags, ushort method, ulong callId) =>
        new FrameHeader((uint)PayloadLength, type, flags, method, callId).Write(_header.Span);

    /// <summary>Takes a frame that failed out of the output again.</summary>
    public void Discard()
    {
        if (_own is null) _shared!.Rewind(_start);
        else _own.Release();
    }

    /// <summary>Refuses a message, now that it is complete, which is larger than the peer accepts.</summary>
    /// <exception cref="RpcException">It is.</exception>
    public void EnsureAccepted()
    {
        if (PayloadLength > output.MaxMessageSize) ConnectionOutput.ThrowTooLarge(PayloadLength, output.MaxMessageSize);
    }

    /// <summary>The buffer of a detached message; the caller owns it from here.</summary>
    public ChainedBuffer TakeOwn() => _own!;

    /// <summary>Forgets the frame, so that the encoder can begin another.</summary>
    public void Reset()
    {
        _shared = null;
        _own = null;
        _start = default;
        _payloadStart = default;
        _header = default;
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
        long length = PayloadLength;
        long wanted = length + Math.Max(sizeHint, 1);
        if (_own is null)
        {
            if (wanted <= output.FragmentSize) return (int)(output.FragmentSize - length);
            ChainedBuffer own = new();
            own.CopyFrom(_shared!, _payloadStart);
            _shared!.Rewind(_start);
            _own = own;
            output.Detach(this);
        }

        // Buffers grow by whole segments, so a hint may exceed the limit although the message will not: only what is written counts.
        if (length > output.MaxMessageSize) ConnectionOutput.ThrowTooLarge(length, output.MaxMessageSize);
        return int.MaxValue;
    }
}
