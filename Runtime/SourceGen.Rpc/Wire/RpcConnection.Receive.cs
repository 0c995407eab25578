using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// Receiving. One thread owns the connection at a time: it receives, decodes a whole batch, runs its items with its writes corked,
/// flushes and receives again. <see cref="BatchOwnership"/> lets another thread take over in the middle.
/// </summary>
internal sealed partial class RpcConnection
{
    /// <summary>How long a low-latency connection polls before it sleeps.</summary>
    private static readonly long s_spinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    /// <summary>A batch that took longer than this, with items that took longer than the next: the batches after it get a second thread.</summary>
    private static readonly long s_slowBatchTicks = Stopwatch.Frequency * 300 / 1_000_000;

    /// <summary>Below this an item costs less than the two threads' rivalry for it; a long batch of such items is only long.</summary>
    private static readonly long s_slowItemTicks = Stopwatch.Frequency * 5 / 1_000_000;

    /// <summary>How many batches after a slow one get it.</summary>
    private const int SpreadBatches = 64;

    /// <summary>How long a connection that had to be freed from a stuck thread stays on a thread of the engine's own.</summary>
    private const int DedicatedMs = 1000;

    private const int PollMicroseconds = 100_000;

    private readonly PipeReader _input;
    private readonly Action _onReadable;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read;
    private int _spreadLeft;
    private long _batchStarted;
    private int _batchCount;
    private long _dedicatedUntil;
    private int _paused;
    private int _suspended;

    /// <summary>Receives until there is nothing to receive or another thread has taken over. The calling thread is the receiver.</summary>
    /// <param name="dedicated">Whether the thread is the engine's own and may wait.</param>
    private void Receive(bool dedicated)
    {
        try
        {
            while (true)
            {
                // A read that was cancelled to close may have brought data as well, and the next one would wait for ever.
                if (_isClosed)
                {
                    EndOfStream(unread: 0);
                    return;
                }

                if (MustPause() && Pause()) return;
                if (!TryRead(dedicated, out ReadResult result))
                {
                    ValueTask<ReadResult> read = _input.ReadAsync();
                    if (!read.IsCompleted)
                    {
                        // From the next line on, another thread may be the receiver.
                        _read = read.ConfigureAwait(false).GetAwaiter();
                        _read.UnsafeOnCompleted(_onReadable);
                        return;
                    }

                    result = read.GetAwaiter().GetResult();
                }

                if (!Process(result)) return;
                if (!RunBatch()) return;
            }
        }
        catch (Exception e)
        {
            End(e);
        }
    }

    private void OnReadable()
    {
        try
        {
            if (!Process(_read.GetResult()) || !RunBatch()) return;
        }
        catch (Exception e)
        {
            End(e);
            return;
        }

        Receive(dedicated: false);
    }

    /// <summary>Tries to read without giving the thread away.</summary>
    private bool TryRead(bool dedicated, out ReadResult result)
    {
        if (_input.TryRead(out result)) return true;
        if (!dedicated || _pollable is null)
        {
            // One turn for whoever wants to write to the peer: their replies then come in one batch.
            Thread.Yield();
            return _input.TryRead(out result);
        }

        return _settings.LowLatency ? TryReadPolling(out result) : TryReadWaiting(out result);
    }

    private bool TryReadPolling(out ReadResult result)
    {
        while (true)
        {
            long until = Stopwatch.GetTimestamp() + s_spinTicks;
            do
            {
                if (_input.TryRead(out result)) return true;
                Thread.Yield(); // The peer may share this core; then it runs only if this thread lets it.
            }
            while (Stopwatch.GetTimestamp() < until);

            while (!_pollable!.Poll(PollMicroseconds))
            {
                if (_isClosed) return false;
            }

            if (_input.TryRead(out result)) return true;
            if (_isClosed) return false;
        }
    }

    /// <summary>Waits on this thread, for as long as the thread pool may be exhausted.</summary>
    private bool TryReadWaiting(out ReadResult result)
    {
        while (true)
        {
            bool ready = _pollable!.Poll(PollMicroseconds);
            if (_input.TryRead(out result)) return true;
            if (_isClosed || (!ready && Environment.TickCount64 > _dedicatedUntil)) return false;
        }
    }

    /// <summary>Decodes what was read into a batch.</summary>
    /// <returns>False when the connection has ended.</returns>
    private bool Process(in ReadResult result)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        long before = buffer.Length;
        bool needsMore = true;
        DrainScope.BeginReceive(_ownership);
        try
        {
            needsMore = DecodeFrames(ref buffer);
        }
        finally
        {
            FreeAnsweredSlots();
            DrainScope.End();
        }

        bool progress = buffer.Length != before;
        _input.AdvanceTo(buffer.Start, needsMore ? buffer.End : buffer.Start);

        // Closed: the read that told so may have brought frames as well, and no other one will tell again.
        if (_isClosed || (!progress && (result.IsCompleted || result.IsCanceled)))
        {
            EndOfStream(buffer.Length);
            return false;
        }

        if (progress) Volatile.Write(ref _lastReceived, Watchdog.BusyNow);
        return true;
    }

    /// <summary>Runs the batch that this thread, the receiver, has filled.</summary>
    /// <returns>Whether this thread is the receiver again.</returns>
    private bool RunBatch()
    {
        int count = _ownership.Count;
        if (count == 0)
        {
            Output.Flush(); // Errors and pongs that decoding wrote.
            return true;
        }

        _batchCount = count;
        _batchStarted = count > 1 ? Stopwatch.GetTimestamp() : 0;
        uint epoch = _ownership.Publish();
        if (count > 1 && _spreadLeft > 0)
        {
            _spreadLeft--;
            ThreadPool.UnsafeQueueUserWorkItem(new DrainWork(this, epoch, dedicated: false), preferLocal: false);
        }

        return Drain(epoch);
    }

    /// <summary>Runs items of a batch until none is left.</summary>
    /// <returns>Whether this thread is the receiver now.</returns>
    private bool Drain(uint epoch)
    {
        ExecutionContext? context = ExecutionContext.Capture();
        ref DrainScope scope = ref DrainScope.BeginBatch(_ownership, epoch);
        while (true)
        {
            if (_methods.Length > 0 && Output.IsFull && Suspend(epoch)) return false;
            BatchOwnership.Claim claim = _ownership.TryClaim(epoch, out BatchItem? item);
            if (claim == BatchOwnership.Claim.Item)
            {
                scope.Enter(item!);
                item!.Run();

                if (item.RunsInCallersContext) continue;
                if (ExecutionContext.Capture() != context && context is not null) ExecutionContext.Restore(context);
                continue;
            }

            DrainScope.End();
            if (claim == BatchOwnership.Claim.Receiver) NoteDuration();
            Output.Flush();
            return claim == BatchOwnership.Claim.Receiver;
        }
    }

    /// <summary>A batch is over, and this thread is the receiver: decides whether the next ones are shared between two threads.</summary>
    private void NoteDuration()
    {
        if (_batchStarted == 0) return;
        long duration = Stopwatch.GetTimestamp() - _batchStarted;
        if (duration > s_slowBatchTicks && duration / _batchCount > s_slowItemTicks) _spreadLeft = SpreadBatches;
    }

    /// <summary>
    /// The peer does not read its replies: the rest of the batch waits too, because each of its handlers may write a large one.
    /// </summary>
    /// <returns>False when there is room, or no need for any because the connection is closed.</returns>
    private bool Suspend(uint epoch)
    {
        // Counted before the wait can end: while it lasts, the watchdog must not take the batch for a stuck one.
        Interlocked.Increment(ref _suspended);
        Task room = Output.WaitForRoomAsync(() => !Output.IsFull);
        if (room.IsCompleted)
        {
            Interlocked.Decrement(ref _suspended);
            return false;
        }

        DrainScope.End();
        Output.Flush();
        room.ContinueWith(_ => Resume(epoch), TaskScheduler.Default);
        return true;
    }

    private void Resume(uint epoch)
    {
        Interlocked.Decrement(ref _suspended);
        Dispatch(new DrainWork(this, epoch, dedicated: _settings.LowLatency));
    }

    private bool MustPause() => !_isClosed && _methods.Length > 0 && (Output.IsFull || Running.OneWay > _settings.Local.MaxConcurrentCalls);

    /// <summary>Stops receiving until the peer reads what it was sent, and the one-way calls it sent are done.</summary>
    /// <returns>False when there is no reason any more.</returns>
    private bool Pause()
    {
        Volatile.Write(ref _paused, 1);
        Task room = Output.WaitForRoomAsync(() => !MustPause());
        if (room.IsCompleted)
        {
            return Interlocked.Exchange(ref _paused, 0) == 0;
        }

        room.ContinueWith(static (_, connection) => ((RpcConnection)connection!).ResumeReceiving(), this, TaskScheduler.Default);
        return true;
    }

    /// <summary>Runs what may become the receiver: for a low-latency connection, on a thread that may wait.</summary>
    private void Dispatch(IThreadPoolWorkItem work)
    {
        if (_settings.LowLatency) EngineThreads.Run(work);
        else ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private void ResumeReceiving()
    {
        if (Interlocked.Exchange(ref _paused, 0) != 1) return;
        Volatile.Write(ref _lastReceived, Watchdog.BusyNow); // Nobody listened: the silence was this side's.
        Dispatch(new ReceiveWork(this));
    }

    /// <summary>The peer has closed its side.</summary>
    private void EndOfStream(long unread)
    {
        if (_isClosed)
        {
            End(_closeReason!);
            return;
        }

        End(unread == 0
            ? Lost($"{RemoteAddress} closed it")
            : new ProtocolException($"{RemoteAddress} closed the connection in the middle of a frame; {unread:N0} bytes of it had arrived"));
    }

    /// <summary>The receiver's way out: closes the connection, if nobody did before, and releases it.</summary>
    private void End(Exception error)
    {
        DrainScope.End();
        if (!_isClosed)
        {
            if (error is ProtocolException)
            {
                ConnectionLog.ProtocolViolation(_logger, RemoteAddress, error.Message);
                SendGoAway(RpcStatusCode.Internal, error.Message);
                Output.Flush();
            }

            RpcException reason = error as RpcException ?? Lost(error.Message, error);
            ConnectionLog.Ended(_logger, RemoteAddress, reason.Detail);
            Close(reason, inOrder: true);
        }

        // Calls that were decoded before the end are claimed, so nobody else completes them. A thread that takes over meets the end
        // in its turn.
        if (_ownership.Count > 0 && !RunBatch()) return;
        Release();
    }

    /// <summary>Receives on the thread it is run on.</summary>
    private sealed class ReceiveWork(RpcConnection connection) : IThreadPoolWorkItem
    {
        public void Execute() => connection.Receive(dedicated: connection._settings.LowLatency);
    }

    /// <summary>Goes on with a batch, on another thread than the one that began it.</summary>
    private sealed class DrainWork(RpcConnection connection, uint epoch, bool dedicated) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            if (!connection.Drain(epoch)) return;
            if (dedicated) connection._dedicatedUntil = Environment.TickCount64 + DedicatedMs;
            connection.Receive(dedicated);
        }
    }
}
