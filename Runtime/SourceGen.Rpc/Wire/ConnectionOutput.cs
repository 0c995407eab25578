using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Streams;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// The sending half of a connection: frames are encoded straight into one buffer under one lock, and one send at a time carries off
/// everything that has gathered there.
/// </summary>
internal sealed partial class ConnectionOutput
{
    private readonly BatchOwnership _ownership;
    private readonly Queue<LargeMessage> _large = new();
    private readonly Stack<FrameEncoder> _spareEncoders = new();
    private readonly long _maxBacklog;
    private readonly long _maxLarge;
    private FrameBuffer _current = new();
    private FrameEncoder _encoder;
    private long _largeBytes;
    private long _requests; // Those whose first frame is written, in the order of the frames.
    private bool _encoding;
    private bool _closed;

    public ConnectionOutput(ITransportConnection transport, BatchOwnership ownership, OutputLimits limits, Action<Exception> onError)
    {
        _transport = transport;
        _gathering = transport as IGatheringOutput;
        _ownership = ownership;
        _onError = onError;
        _onSent = OnSent;
        _maxBacklog = limits.MaxBacklog;
        _maxLarge = limits.MaxLargeBacklog;
        _encoder = new FrameEncoder(this);
        FragmentSize = limits.FragmentSize;
        MaxMessageSize = limits.MaxMessageSize;
    }

    /// <summary>Guards the output and the tables that change together with it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The most bytes of payload in one frame.</summary>
    public int FragmentSize { get; }

    /// <summary>The largest message the peer accepts.</summary>
    public long MaxMessageSize { get; }

    /// <summary>Whether writers should wait. Approximate without the lock.</summary>
    public bool IsFull => _current.Length + _sendingBytes > _maxBacklog || _largeBytes > _maxLarge;

    [DoesNotReturn]
    public static void ThrowTooLarge(long size, long limit) => throw new RpcException(
        RpcStatusCode.ResourceExhausted,
        $"The message is larger than the peer accepts: {size:N0} bytes were encoded when the limit of {limit:N0} bytes was passed. "
        + "Send less at a time, or raise MaxMessageSize on the receiving side.")
    {
        Progress = RpcCallProgress.NotSent,
    };

    /// <summary>Begins a frame. On true the lock is held until <see cref="End"/> or <see cref="Abandon"/>.</summary>
    /// <returns>False when the connection is closed.</returns>
    public bool TryBegin([NotNullWhen(true)] out FrameEncoder? encoder)
    {
        Gate.Enter();
        if (_closed)
        {
            Gate.Exit();
            encoder = null;
            return false;
        }

        if (_encoding)
        {
            // The lock is reentrant: this thread is inside a serializer, and a second frame would go into the middle of the first.
            Gate.Exit();
            throw new InvalidOperationException(
                "A call was made while a message was being encoded, by a property or an enumerator of that message. "
                + "Make it before or after.");
        }

        _encoding = true;
        encoder = _encoder;
        encoder.Begin(_current);
        return true;
    }

    /// <summary>Takes back a frame whose encoding failed, or that is not wanted after all, and releases the lock.</summary>
    public void Abandon(FrameEncoder encoder)
    {
        bool detached = encoder.Detached;
        encoder.Discard();
        if (detached) Gate.Enter();
        else _encoding = false;
        Recycle(encoder);
        Gate.Exit();
    }

    /// <summary>Completes a frame and releases the lock.</summary>
    /// <param name="encoder">The frame.</param>
    /// <param name="type">Its type.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="method">The method's number in a request.</param>
    /// <param name="callId">The call.</param>
    /// <param name="deferrable">Whether other calls are in flight, so that sending may wait a moment for what they write.</param>
    /// <param name="upload">The stream that follows a request; null for none.</param>
    /// <param name="call">The call that it begins; null for none, or for one that nobody waits for.</param>
    public void End(
        FrameEncoder encoder,
        FrameType type,
        FrameFlags flags,
        ushort method,
        ulong callId,
        bool deferrable,
        OutboundStream? upload = null,
        PendingCall? call = null)
    {
        if (upload is not null) flags |= FrameFlags.Stream;
        bool isRequest = type == FrameType.Request && !encoder.Detached; // One in fragments is counted when its first is sent.
        if (isRequest) _requests++;
        if (call is not null) call.Ordinal = isRequest ? _requests : 0; // Before the peer can hear of it, and answer.
        if (!encoder.Detached)
        {
            encoder.WriteHeader(type, flags, method, callId);
            _encoding = false;
        }
        else
        {
            LargeMessage message = new(encoder.TakeOwn(), type, flags, method, callId);
            Gate.Enter();
            if (_closed)
            {
                message.Release();
            }
            else
            {
                _large.Enqueue(message);
                _largeBytes += message.Remaining;
            }
        }

        // With the lock still held: from here on whoever ends the stream also writes its end.
        if (upload is not null) upload.IsRequestWritten = true;
        Recycle(encoder);
        FinishWrite(deferrable);
    }

    /// <summary>Writes a frame without payload.</summary>
    public void WriteEmpty(FrameType type, ulong callId)
    {
        if (!TryBegin(out FrameEncoder? encoder)) return;
        End(encoder, type, FrameFlags.None, 0, callId, deferrable: false);
    }

    /// <summary>
    /// Tells the peer that nobody waits for a call's reply any more. A large request that is not sent to its end is cut short, and the
    /// cancellation follows its beginning: before it, the peer would not know what it is about.
    /// </summary>
    public void WriteCancel(ulong callId)
    {
        Gate.Enter();
        if (_closed || _encoding)
        {
            bool encoding = !_closed;
            Gate.Exit();

            // Cancelled by a property of the very message that this thread encodes: the frame must not go into the middle of it.
            if (encoding)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    static state => state.Output.WriteCancel(state.Id), (Output: this, Id: callId), preferLocal: false);
            }

            return;
        }

        foreach (LargeMessage message in _large)
        {
            if (!message.IsRequest(callId)) continue;
            _largeBytes -= message.Remaining;
            if (message.CutShort(_current)) _requests++;
        }

        Write(new FrameHeader(0, FrameType.Cancel, FrameFlags.None, 0, callId));
        FinishWrite(deferrable: false);
    }

    /// <summary>
    /// Writes a request that is cancelled before it was encoded: the peer's answer then frees the call's slot, as for any other.
    /// </summary>
    public void WriteCancelledRequest(ushort method, ulong callId)
    {
        Gate.Enter();
        if (!_closed)
        {
            _requests++;
            Write(new FrameHeader(0, FrameType.Request, FrameFlags.More, method, callId));
            Write(new FrameHeader(0, FrameType.Cancel, FrameFlags.None, 0, callId));
            Write(new FrameHeader(0, FrameType.RequestContinuation, FrameFlags.None, 0, callId));
        }

        FinishWrite(deferrable: false);
    }

    /// <summary>Asks the peer for a sign of life, unless the lock is held.</summary>
    /// <returns>False when the lock is held, or the connection is closed.</returns>
    public bool TryPing()
    {
        if (!Gate.TryEnter()) return false;
        if (_closed)
        {
            Gate.Exit();
            return false;
        }

        Write(new FrameHeader(0, FrameType.Ping, FrameFlags.None, 0, 0));
        FinishWrite(deferrable: false);
        return true;
    }

    /// <summary>Accepts no more frames and drops what was not sent. Calling it twice is harmless.</summary>
    public void Close()
    {
        lock (Gate)
        {
            if (_closed) return;
            _closed = true;
            foreach (LargeMessage message in _large) message.Release();
            _large.Clear();
            _largeBytes = 0;
            _current.Release();
            SignalRoom();
            _idle?.TrySetResult();
        }
    }

    /// <summary>The encoder's message has outgrown a fragment: gives the lock up, and the shared place to another encoder.</summary>
    internal void Detach(FrameEncoder encoder)
    {
        if (encoder == _encoder) _encoder = _spareEncoders.TryPop(out FrameEncoder? spare) ? spare : new FrameEncoder(this);
        _encoding = false;
        Gate.Exit();
    }

    private void Write(FrameHeader header)
    {
        header.Write(_current.GetSpan(FrameHeader.Size));
        _current.Advance(FrameHeader.Size);
    }

    private void Recycle(FrameEncoder encoder)
    {
        if (encoder != _encoder) _spareEncoders.Push(encoder);
    }
}
