using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// Receiving. One thread owns the connection at a time: it receives, decodes a whole batch, runs its items with its writes corked,
/// flushes and receives again. <see cref="BatchOwnership"/> lets another thread take over in the middle.
/// </summary>
internal sealed partial class RpcConnection
{
    /// <summary>How long a low-latency or busy connection polls before it sleeps.</summary>
    private static readonly long s_spinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    /// <summary>
    /// A batch that took longer than this, with items that took longer than the next: those after it get a second thread.
    /// </summary>
    private static readonly long s_slowBatchTicks = Stopwatch.Frequency * 300 / 1_000_000;

    /// <summary>Below this an item costs less than the two threads' rivalry for it; a long batch of such items is only long.</summary>
    private static readonly long s_slowItemTicks = Stopwatch.Frequency * 5 / 1_000_000;

    /// <summary>How many batches after a slow one get it.</summary>
    private const int SpreadBatches = 64;

    /// <summary>How long a connection that had to be freed from a stuck thread stays on a thread of the engine's own.</summary>
    private const int DedicatedMs = 1000;

    private const int PollMicroseconds = 100_000;

    /// <summary>A connection that was busy sleeps so long on a thread of the engine's own before it goes back to the pool.</summary>
    private const int BusyPollMicroseconds = 5_000;

    private readonly PipeReader _input;
    private readonly Action _onReadable;
    private readonly OwnThread _ownThread = new(ThreadBudget.Shared);
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read;
    private int _spreadLeft;
    private long _batchStarted;
    private int _batchCount;
    private long _dedicatedUntil;
    private long _partialFrame;
    private int _paused;
    private int _suspended;

    /// <summary>Whether the connection is busy enough to have a thread of its own.</summary>
    internal bool HasOwnThread => _ownThread.IsTaken;

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
                    EndOfStream();
                    return;
                }

                if (MustPause() && Pause()) return;
                if (!dedicated && _pollable is not null && _ownThread.TryTake())
                {
                    EngineThreads.Run(new ReceiveWork(this, dedicated: true));
                    return;
                }

                if (!TryRead(dedicated, out ReadResult result))
                {
                    dedicated = false; // The connection goes back to the pool, even if there is something to read by now.
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

        return TryReadWaiting(out result);
    }

    /// <summary>Reads on a thread that may wait.</summary>
    /// <returns>False when the connection goes back to the pool, or is closed.</returns>
    private bool TryReadWaiting(out ReadResult result)
    {
        while (true)
        {
            if (_ownThread is { IsTaken: true, IsIdle: true }) _ownThread.GiveBack();
            bool busy = _ownThread.IsTaken;
            if (!busy && !MayWait)
            {
                result = default;
                return false;
            }

            if ((busy || _settings.LowLatency) && TryReadPolling(out result)) return true;
            bool ready = _pollable!.Poll(busy ? BusyPollMicroseconds : PollMicroseconds);
            if (_input.TryRead(out result)) return true;
            if (_isClosed) return false;
            if (busy && !ready) _ownThread.GiveBack(); // Busy no longer.
        }
    }

    /// <summary>Whether the connection keeps a thread that waits even when it is not busy.</summary>
    private bool MayWait => _settings.LowLatency || Environment.TickCount64 <= _dedicatedUntil;

    private bool TryReadPolling(out ReadResult result)
    {
        long until = Stopwatch.GetTimestamp() + s_spinTicks;
        do
        {
            if (_input.TryRead(out result)) return true;
            Thread.Yield(); // The peer may share this core; then it runs only if this thread lets it.
        }
        while (Stopwatch.GetTimestamp() < until);
        return false;
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

        _partialFrame = buffer.Length;
        bool progress = buffer.Length != before;
        if (progress) CountReceived(before - buffer.Length);
        _input.AdvanceTo(buffer.Start, needsMore ? buffer.End : buffer.Start);

        // Closed: the read that told so may have brought frames as well, and no other one will tell again.
        if (_isClosed || (!progress && (result.IsCompleted || result.IsCanceled)))
        {
            EndOfStream();
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

        _ownThread.Note(count);
        _batchCount = count;
        _batchStarted = count > 1 ? Stopwatch.GetTimestamp() : 0;
        uint epoch = _ownership.Publish();
        if (count > 1 && _spreadLeft > 0)
        {
            _spreadLeft--;
            Dispatch(new DrainWork(this, epoch, dedicated: _settings.LowLatency));
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
            if (_pausesWhenFull && Output.IsFull && Suspend(epoch)) return false;
            BatchOwnership.Claim claim = _ownership.TryClaim(epoch, out BatchItem? item);
            if (claim == BatchOwnership.Claim.Item)
            {
                if (_holdsWhenFull && Output.IsFull && item is ServerCall served)
                {
                    Hold(served);
                    continue;
                }

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

    private bool MustPause() => !_isClosed && ((_pausesWhenFull && Output.IsFull) || HasTooManyOneWay());

    /// <summary>Stops receiving until the peer reads what it was sent, and the one-way calls it sent are done.</summary>
    /// <returns>False when there is no reason any more.</returns>
    private bool Pause()
    {
        _ownThread.GiveBack(); // Before another thread may be the receiver: who waits for its peer has no use for it.
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
        Dispatch(new ReceiveWork(this, _settings.LowLatency));
    }

    /// <summary>The peer has closed its side.</summary>
    private void EndOfStream() => End(_isClosed ? _closeReason! : Lost($"{RemoteAddress} closed it{WithinFrame}"));

    /// <summary>
    /// For a connection that is lost: whether that happened within a frame. A peer that dies while it sends breaks no rule.
    /// </summary>
    private string WithinFrame => _partialFrame == 0 ? "" : $" in the middle of a frame, of which {_partialFrame:N0} bytes had arrived";

    /// <summary>The receiver's way out: closes the connection, if nobody did before, and releases it.</summary>
    private void End(Exception error)
    {
        DrainScope.End();
        if (!_isClosed)
        {
            if (error is ProtocolException violation)
            {
                ConnectionLog.ProtocolViolation(_logger, RemoteAddress, error.Message);
                SendGoAway(violation.Code, error.Message);
                Output.Flush();
            }

            RpcException reason = error as RpcException
                ?? Lost(error is IOException ? $"{error.Message.TrimEnd('.')}{WithinFrame}" : error.Message, error);
            ConnectionLog.Ended(_logger, RemoteAddress, reason.Detail);
            Close(reason, inOrder: true);
        }

        // Calls that were decoded before the end are claimed, so nobody else completes them. A thread that takes over meets the end
        // in its turn.
        if (_ownership.Count > 0 && !RunBatch()) return;
        _ownThread.GiveBack();
        Release();
    }

    /// <summary>Receives on the thread it is run on.</summary>
    private sealed class ReceiveWork(RpcConnection connection, bool dedicated) : IThreadPoolWorkItem
    {
        public void Execute() => connection.Receive(dedicated);
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
