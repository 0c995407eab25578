using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Wire;

/// <content>The send loop: when what was written is sent, one send at a time, and who waits for it.</content>
internal sealed partial class ConnectionOutput : IThreadPoolWorkItem
{
    /// <summary>A corked batch is sent early when it reaches this size, so that the peer can begin.</summary>
    private const int CorkLimit = 8 * 1024;

    /// <summary>
    /// Every early send of a batch doubles the limit for the next, up to this: large replies should not pay a system call for a few of
    /// them.
    /// </summary>
    private const int MaxCorkLimit = 64 * 1024;

    private readonly ITransportConnection _transport;
    private readonly IGatheringOutput? _gathering;
    private readonly Action<Exception> _onError;
    private readonly Action _onSent;
    private FrameBuffer _spare = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sent;
    private FrameBuffer? _inSend;
    private long _sendingBytes;
    private long _bytesSent;
    private long _lastSent;
    private int _corkLimit = CorkLimit;
    private bool _deferred;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;

    /// <summary>Bytes that were given to the transport so far.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>When a send last ended, on the engine's coarse clock.</summary>
    public long LastSent => Volatile.Read(ref _lastSent);

    /// <summary>Whether there are bytes that no send has taken yet. Approximate without the lock.</summary>
    public bool HasUnsent => _current.Length > 0 || _large.Count > 0;

    /// <summary>Sends what was written, unless a send is under way, which then takes it along.</summary>
    public void Flush()
    {
        // No look without the lock: a writer that corked its frame because this thread was still draining must be seen here.
        FrameBuffer? taken;
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
        FrameBuffer? taken = CanSend ? TakeForSend() : null;
        Gate.Exit();
        if (taken is not null) Send(taken);
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

    void IThreadPoolWorkItem.Execute()
    {
        FrameBuffer? taken;
        lock (Gate)
        {
            _deferred = false;
            taken = CanSend ? TakeForSend() : null;
        }

        if (taken is not null) Send(taken);
    }

    private bool CanSend => _inSend is null && !_closed && HasUnsent;

    private void FinishWrite(bool deferrable)
    {
        FrameBuffer? taken = null;
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
    private FrameBuffer TakeForSend()
    {
        if (_large.TryDequeue(out LargeMessage? message))
        {
            if (message.BeginsRequest) _requests++;
            long before = message.Remaining;
            bool last = message.WriteFragment(_current, FragmentSize);
            _largeBytes -= before - (last ? 0 : message.Remaining);
            if (!last) _large.Enqueue(message);
        }

        FrameBuffer taken = _current;
        _current = _spare;
        _inSend = taken;
        _sendingBytes = taken.Length;
        Volatile.Write(ref _bytesSent, _bytesSent + _sendingBytes);
        return taken;
    }

    private void Send(FrameBuffer taken)
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

        if (TakeNext(out FrameBuffer? taken)) Send(taken);
    }

    private ValueTask StartSend(FrameBuffer taken) =>
        _gathering is not null ? _gathering.SendAsync(taken.AsSequence()) : SendThroughPipeAsync(taken);

    /// <summary>
    /// For transports that offer nothing but a pipe: one more copy, so that frames can be written while a flush is pending.
    /// </summary>
    private async ValueTask SendThroughPipeAsync(FrameBuffer taken)
    {
        foreach (ReadOnlyMemory<byte> part in taken.AsSequence())
        {
            System.IO.Pipelines.FlushResult result = await _transport.Output.WriteAsync(part).ConfigureAwait(false);
            if (result.IsCompleted) throw new IOException($"The connection to {_transport.RemoteAddress} was closed by the peer.");
        }
    }

    /// <summary>A send has ended: releases its bytes and takes what has gathered meanwhile.</summary>
    private bool TakeNext([NotNullWhen(true)] out FrameBuffer? taken)
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
        FrameBuffer done = _inSend!;
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
