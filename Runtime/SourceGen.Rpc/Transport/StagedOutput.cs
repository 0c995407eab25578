using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// A connection's <see cref="IDuplexPipe.Output"/> for those who do not gather buffers themselves: stages what is written in pooled
/// segments and sends them on a flush. Writing may go on while a flush is pending; flushes are sent in order.
/// </summary>
/// <param name="output">Where a flush sends to.</param>
/// <param name="pool">Where the segments come from.</param>
/// <param name="onCompleted">Told when the writer was completed and what it staged was sent, with the exception given.</param>
internal sealed class StagedOutput(IGatheringOutput output, SegmentPool pool, Action<Exception?> onCompleted) : PipeWriter
{
    private readonly Lock _gate = new();
    private SegmentChain _staged = new(pool);
    private SegmentChain? _spare;
    private Task _sending = Task.CompletedTask;
    private CancellationTokenSource _cancelFlush = new();
    private bool _completed;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _staged.Length;

    /// <summary>What was completed last: ends when everything staged before <see cref="Complete"/> is sent or has failed.</summary>
    public Task Sending
    {
        get
        {
            lock (_gate) return _sending;
        }
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_completed) throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        return _staged.GetWritable(Math.Max(sizeHint, 1));
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes) => _staged.Commit(bytes);

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection is closed or broken; what was staged is lost.</exception>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_completed) throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        Task sending = SendStaged();
        CancellationTokenSource cancelFlush = Volatile.Read(ref _cancelFlush);
        return sending.IsCompletedSuccessfully && !cancelFlush.IsCancellationRequested
            ? default
            : WaitAsync(sending, cancelFlush, cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => Volatile.Read(ref _cancelFlush).Cancel();

    /// <summary>Sends what was staged, then ends this side of the connection.</summary>
    /// <param name="exception">Why writing ended early: aborts the connection. Null ends it in order.</param>
    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        if (exception is null)
        {
            _ = CompleteWhenSentAsync(SendStaged());
            return;
        }

        _staged.Clear();
        onCompleted(exception);
    }

    /// <inheritdoc/>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        await Sending.ConfigureAwait(false);
    }

    /// <summary>Starts to send what is staged, after what is being sent.</summary>
    private Task SendStaged()
    {
        lock (_gate)
        {
            if (_staged.Length == 0) return _sending;
            SegmentChain data = _staged;
            _staged = _spare ?? new SegmentChain(pool);
            _spare = null;
            return _sending = _sending.IsCompletedSuccessfully ? SendAsync(data) : SendAfterAsync(_sending, data);
        }
    }

    private Task SendAsync(SegmentChain data)
    {
        ValueTask send = output.SendAsync(data.Sequence);
        if (!send.IsCompletedSuccessfully) return FinishAsync(send, data);
        send.GetAwaiter().GetResult();
        Recycle(data);
        return Task.CompletedTask;
    }

    private async Task SendAfterAsync(Task previous, SegmentChain data)
    {
        try
        {
            await previous.ConfigureAwait(false);
        }
        catch
        {
            // Bytes in the middle are missing: what comes after must not be sent.
            data.Clear();
            throw;
        }

        await FinishAsync(output.SendAsync(data.Sequence), data).ConfigureAwait(false);
    }

    private async Task FinishAsync(ValueTask send, SegmentChain data)
    {
        try
        {
            await send.ConfigureAwait(false);
        }
        finally
        {
            Recycle(data);
        }
    }

    private void Recycle(SegmentChain data)
    {
        data.Clear();
        lock (_gate) _spare = data;
    }

    private async ValueTask<FlushResult> WaitAsync(Task sending, CancellationTokenSource cancelFlush, CancellationToken cancellationToken)
    {
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancelFlush.Token, cancellationToken);
        try
        {
            await sending.WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancelFlush.IsCancellationRequested)
        {
            // The send goes on; the next flush waits for it.
            Volatile.Write(ref _cancelFlush, new CancellationTokenSource());
            return new FlushResult(isCanceled: true, isCompleted: false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        if (!cancelFlush.IsCancellationRequested) return default;
        Volatile.Write(ref _cancelFlush, new CancellationTokenSource());
        return new FlushResult(isCanceled: true, isCompleted: false);
    }

    private async Task CompleteWhenSentAsync(Task sending)
    {
        Exception? error = null;
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The last send failed, so closing in order is over: the error becomes the reason of the abort.
            error = e;
        }

        onCompleted(error);
    }
}
