using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// The sending half of a connection: frames are encoded straight into one buffer under one lock, and one send at a time carries off
/// everything that has gathered there.
/// </summary>
internal sealed partial class ConnectionOutput : IThreadPoolWorkItem
{
    /// <summary>A corked batch is sent early when it reaches this size, so that the peer can begin.</summary>
    private const int CorkLimit = 8 * 1024;

    /// <summary>Every early send of a batch doubles the limit for the next, up to this: large replies should not pay a system call for a few of them.</summary>
    private const int MaxCorkLimit = 64 * 1024;

    private readonly ITransportConnection _transport;
    private readonly IGatheringOutput? _gathering;
    private readonly BatchOwnership _ownership;
    private readonly Action<Exception> _onError;
    private readonly Action _onSent;
    private readonly Queue<LargeMessage> _large = new();
    private readonly Stack<FrameEncoder> _spareEncoders = new();
    private readonly long _maxBacklog;
    private readonly long _maxLarge;
    private ChainedBuffer _current = new();
    private ChainedBuffer _spare = new();
    private FrameEncoder _encoder;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sent;
    private ChainedBuffer? _inSend;
    private long _sendingBytes;
    private long _bytesSent;
    private long _lastSent;
    private long _largeBytes;
    private int _corkLimit = CorkLimit;
    private bool _deferred;
    private bool _encoding;
    private bool _closed;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;

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

    /// <summary>Bytes that were given to the transport so far.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>When a send last ended, on the engine's coarse clock.</summary>
    public long LastSent => Volatile.Read(ref _lastSent);

    /// <summary>Whether there are bytes that no send has taken yet. Approximate without the lock.</summary>
    public bool HasUnsent => _current.Length > 0 || _large.Count > 0;

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
                "A call was made while a message was being encoded, by a property or an enumerator of that message. Make it before or after.");
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
    /// <param name="deferrable">Whether other calls are in flight, so that sending may wait a moment for what they write.</param>
    public void End(FrameEncoder encoder, FrameType type, FrameFlags flags, ushort method, ulong callId, bool deferrable)
    {
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
            message.CutShort(_current);
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
            Write(new FrameHeader(0, FrameType.Request, FrameFlags.More, method, callId));
            Write(new FrameHeader(0, FrameType.Cancel, FrameFlags.None, 0, callId));
            Write(new FrameHeader(0, FrameType.RequestContinuation, FrameFlags.None, 0, callId));
        }

        FinishWrite(deferrable: false);
    }

    /// <summary>Sends what was written, unless a send is under way, which then takes it along.</summary>
    public void Flush()
    {
        // No look without the lock: a writer that corked its frame because this thread was still draining must be seen here.
        ChainedBuffer? taken;
        lock (Gate)
        {
            _corkLimit = CorkLimit;
            taken = CanSend ? TakeForSend() : null;
        }

        if (taken is not null) Send(taken);
    }

    /// <summary>As <see cref="Flush"/>, unless the lock is held. The watchdog must not wait for it: user code may run under it.</summary>
    public void TryFlush()
    {
        if (!Gate.TryEnter()) return;
        ChainedBuffer? taken = CanSend ? TakeForSend() : null;
        Gate.Exit();
        if (taken is not null) Send(taken);
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

    /// <summary>A task that completes when writers need no longer wait, or the connection is closed.</summary>
    public Task WaitForRoomAsync(Func<bool> hasRoom)
    {
        lock (Gate)
        {
            if (_closed || hasRoom()) return Task.CompletedTask;
            return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Wakes those who wait for room. The lock is held.</summary>
    public void SignalRoom()
    {
        if (_room is null) return;
        _room.TrySetResult();
        _room = null;
    }

    /// <summary>Sends everything and completes when nothing is left to send, or the connection broke.</summary>
    public Task FlushToEndAsync()
    {
        Flush();
        lock (Gate)
        {
            if (_closed || (_inSend is null && !HasUnsent)) return Task.CompletedTask;
            return (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
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

    void IThreadPoolWorkItem.Execute()
    {
        ChainedBuffer? taken;
        lock (Gate)
        {
            _deferred = false;
            taken = CanSend ? TakeForSend() : null;
        }

        if (taken is not null) Send(taken);
    }

    private bool CanSend => _inSend is null && !_closed && HasUnsent;

    private void Write(FrameHeader header)
    {
        header.Write(_current.GetSpan(FrameHeader.Size));
        _current.Advance(FrameHeader.Size);
    }

    private void Recycle(FrameEncoder encoder)
    {
        if (encoder != _encoder) _spareEncoders.Push(encoder);
    }

    private void FinishWrite(bool deferrable)
    {
        ChainedBuffer? taken = null;
        bool defer = false;
        if (CanSend)
        {
            bool soon = _current.Length < _corkLimit && _large.Count == 0;
            if (!(soon && DrainScope.Corks(_ownership)))
            {
                if (!soon) _corkLimit = Math.Min(_corkLimit * 2, MaxCorkLimit);
                if (!deferrable || !soon) taken = TakeForSend();
                else if (!_deferred) defer = _deferred = true;
            }
        }

        Gate.Exit();
        if (taken is not null) Send(taken);

        // The global queue: from a thread's own queue the flush would run before the other writers had their turn.
        else if (defer) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Swaps the buffers. Each send carries at most one fragment of one large message, taken in turn.</summary>
    private ChainedBuffer TakeForSend()
    {
        if (_large.TryDequeue(out LargeMessage? message))
        {
            long before = message.Remaining;
            bool last = message.WriteFragment(_current, FragmentSize);
            _largeBytes -= before - (last ? 0 : message.Remaining);
            if (!last) _large.Enqueue(message);
        }

        ChainedBuffer taken = _current;
        _current = _spare;
        _inSend = taken;
        _sendingBytes = taken.Length;
        Volatile.Write(ref _bytesSent, _bytesSent + _sendingBytes);
        return taken;
    }

    private void Send(ChainedBuffer taken)
    {
        while (true)
        {
            try
            {
                ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter sent = StartSend(taken).ConfigureAwait(false).GetAwaiter();
                if (!sent.IsCompleted)
                {
                    _sent = sent;
                    sent.UnsafeOnCompleted(_onSent);
                    return;
                }

                sent.GetResult();
            }
            catch (Exception e)
            {
                Fail(e);
                return;
            }

            if (!TakeNext(out taken!)) return;
        }
    }

    private void OnSent()
    {
        try
        {
            _sent.GetResult();
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }

        if (TakeNext(out ChainedBuffer? taken)) Send(taken);
    }

    private ValueTask StartSend(ChainedBuffer taken) =>
        _gathering is not null ? _gathering.SendAsync(taken.AsSequence()) : SendThroughPipeAsync(taken);

    /// <summary>For transports that offer nothing but a pipe: one more copy, so that frames can be written while a flush is pending.</summary>
    private async ValueTask SendThroughPipeAsync(ChainedBuffer taken)
    {
        foreach (ReadOnlyMemory<byte> part in taken.AsSequence())
        {
            System.IO.Pipelines.FlushResult result = await _transport.Output.WriteAsync(part).ConfigureAwait(false);
            if (result.IsCompleted) throw new IOException($"The connection to {_transport.RemoteAddress} was closed by the peer.");
        }
    }

    /// <summary>A send has ended: releases its bytes and takes what has gathered meanwhile.</summary>
    private bool TakeNext([NotNullWhen(true)] out ChainedBuffer? taken)
    {
        lock (Gate)
        {
            RetireSend();
            if (_closed || !HasUnsent)
            {
                taken = null;
                SignalRoom();
                _idle?.TrySetResult();
                _idle = null;
                return false;
            }

            taken = TakeForSend();
            if (!IsFull) SignalRoom();
            return true;
        }
    }

    private void RetireSend()
    {
        ChainedBuffer done = _inSend!;
        done.Release();
        _spare = done;
        _inSend = null;
        _sendingBytes = 0;
        Volatile.Write(ref _lastSent, Watchdog.BusyNow);
    }

    private void Fail(Exception error)
    {
        lock (Gate) RetireSend();
        _onError(error);
    }
}
