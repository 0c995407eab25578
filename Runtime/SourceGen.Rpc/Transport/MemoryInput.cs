using System.IO.Pipelines;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// The reading half of a connection within the process. It adds to a pipe's reader that the connection may be closed from any thread
/// while a buffer is in use: the pipe's memory goes back when its reader is done with it.
/// </summary>
/// <param name="reader">The reader of the pipe.</param>
/// <param name="onCompleted">Told when the reader was completed, with the exception given.</param>
internal sealed class MemoryInput(PipeReader reader, Action<Exception?> onCompleted) : PipeReader
{
    private int _completed;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => reader.CancelPendingRead();

    /// <summary>Gives the buffers back. When the connection's output is complete too, or on an exception, the connection closes.</summary>
    /// <param name="exception">Why reading ended early: aborts the connection. Null ends it in order.</param>
    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0) return;
        // From here on the pipe drops what the peer still sends; the peer learns of it when the connection closes.
        reader.Complete();
        onCompleted(exception);
    }
}
