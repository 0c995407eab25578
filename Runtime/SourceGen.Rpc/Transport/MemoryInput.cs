using System.IO.Pipelines;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// The reading half of a connection within the process. It adds to a pipe's reader that the connection may be closed from any thread
/// while a buffer is in use: the pipe's memory goes back when its reader is done with it.
/// </summary>
/// <param name="channel">The direction it reads.</param>
/// <param name="onCompleted">Told when the reader was completed, with the exception given.</param>
internal sealed class MemoryInput(MemoryChannel channel, Action<Exception?> onCompleted) : PipeReader
{
    private readonly PipeReader _reader = channel.Reader;
    private long _seen = -1;
    private int _completed;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => _reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        long seen = channel.Changes;
        if (_reader.TryRead(out result)) return true;
        _seen = seen;
        return false;
    }

    /// <summary>See <see cref="IPollableInput.Poll"/>. Called by the one who reads.</summary>
    public bool Poll(int microseconds) =>
        channel.WaitForChange(_seen, microseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMicroseconds(microseconds));

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _reader.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        _reader.CancelPendingRead();
        channel.NoteChange();
    }

    /// <summary>Gives the buffers back. When the connection's output is complete too, or on an exception, the connection closes.</summary>
    /// <param name="exception">Why reading ended early: aborts the connection. Null ends it in order.</param>
    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0) return;
        // From here on the pipe drops what the peer still sends; the peer learns of it when the connection closes.
        _reader.Complete();
        onCompleted(exception);
    }
}
