using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// One direction of a connection within the process: a bounded queue of bytes with one sender and one reader, either of which may end
/// it from any thread.
/// </summary>
internal sealed class MemoryChannel
{
    private const int PauseThreshold = 256 * 1024;
    private const int ResumeThreshold = 128 * 1024;
    private const int ChunkSize = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Pipe _pipe = new(new PipeOptions(
        pool: null,
        readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool,
        PauseThreshold,
        ResumeThreshold,
        minimumSegmentSize: 16 * 1024,
        useSynchronizationContext: false));

    private readonly object _changed = new();
    private long _changes;
    private int _waiting;
    private Func<Exception>? _sendError;
    private Task _sending = Task.CompletedTask;

    /// <summary>Where the bytes come out.</summary>
    public PipeReader Reader => _pipe.Reader;

    /// <summary>The send that is under way, or the last one.</summary>
    public Task Sending => Volatile.Read(ref _sending);

    /// <summary>How often there was something new for the reader.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Tells a thread in <see cref="WaitForChange"/> that there is something new for the reader.</summary>
    public void NoteChange()
    {
        Interlocked.Increment(ref _changes);
        if (Volatile.Read(ref _waiting) == 0) return;
        lock (_changed) Monitor.PulseAll(_changed);
    }

    /// <summary>Blocks the thread until <see cref="Changes"/> is another number, or until the time is over.</summary>
    /// <param name="seen">The number that the reader knows.</param>
    /// <param name="time">The longest time to wait.</param>
    public bool WaitForChange(long seen, TimeSpan time)
    {
        if (Changes != seen) return true;
        lock (_changed)
        {
            Interlocked.Exchange(ref _waiting, 1); // Before the look: whoever notes a change either is seen by it or sees this.
            if (Changes == seen) Monitor.Wait(_changed, time);
            Volatile.Write(ref _waiting, 0);
            return Changes != seen;
        }
    }

    /// <summary>Puts all of <paramref name="data"/> into the queue, waiting while it is full.</summary>
    /// <exception cref="IOException">The channel was ended.</exception>
    public ValueTask SendAsync(in ReadOnlySequence<byte> data)
    {
        if (!Sending.IsCompleted) throw new InvalidOperationException("A send is pending already: one send at a time.");
        Task sending = SendAsync(data, data.Start);
        Volatile.Write(ref _sending, sending);
        return new ValueTask(sending);
    }

    /// <summary>
    /// Ends the channel. What is in the queue can still be read unless there is an error for the reader. The first call counts.
    /// </summary>
    /// <param name="readError">What the reader gets; null is the end of the stream.</param>
    /// <param name="sendError">Makes what the sender gets from now on.</param>
    public void Close(Exception? readError, Func<Exception> sendError)
    {
        lock (_gate)
        {
            if (_sendError is not null) return;
            _sendError = sendError;
            _pipe.Writer.CancelPendingFlush();
            _pipe.Writer.Complete(readError);
        }

        NoteChange();
    }

    private async Task SendAsync(ReadOnlySequence<byte> data, SequencePosition position)
    {
        while (data.TryGet(ref position, out ReadOnlyMemory<byte> memory))
        {
            while (!memory.IsEmpty)
            {
                int count = Math.Min(memory.Length, ChunkSize);
                ValueTask<FlushResult> flush;
                // Close completes the writer, which must not happen between a write and its flush.
                lock (_gate)
                {
                    if (_sendError is not null) throw _sendError();
                    _pipe.Writer.Write(memory.Span[..count]);
                    flush = _pipe.Writer.FlushAsync();
                }

                NoteChange();

                memory = memory[count..];
                FlushResult result = await flush.ConfigureAwait(false);
                lock (_gate)
                {
                    if (result.IsCanceled && _sendError is not null) throw _sendError();
                }
            }
        }
    }
}
