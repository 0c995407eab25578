using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>
/// The reading half of a TLS connection. <see cref="ReadAsync"/> itself starts the receive, and its completion runs the continuation
/// inline; <see cref="TryRead"/> makes one receive that does not wait and decrypts what came; <see cref="Poll"/> parks a thread.
/// </summary>
/// <remarks>
/// Everything under <c>_gate</c> is short; TLS and continuations run outside it. At most one decryption is under way, and while it is, its
/// target, the free space after the last byte, is neither moved nor returned to the pool. It outlasts the read that began it: TLS cannot
/// be asked to try without waiting, so what found nothing stays parked in <see cref="CipherStream"/> until the next read.
/// </remarks>
internal sealed class TlsInput : PipeReader, IPollableInput, IValueTaskSource<ReadResult>
{
    /// <summary>A record holds up to 16 KiB; with less free space than this TLS gets a new segment.</summary>
    private const int MinimumSpace = 4 * 1024;

    /// <summary>So much is decrypted at most before a reader sees it.</summary>
    private const int MaxAhead = 64 * 1024;

    private readonly CipherStream _cipher;
    private readonly IPollableInput _pollable;
    private readonly ConnectionFault _fault;
    private readonly Func<Memory<byte>, ValueTask<int>> _decrypt;
    private readonly Func<Exception, IOException> _translate;
    private readonly Action<Exception?> _onCompleted;
    private readonly Action _onFilled;
    private readonly SegmentChain _buffer;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _wake;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _fill;
    private CancellationTokenRegistration _registration;
    private CancellationToken _readToken;
    private Exception? _error;
    private long _examined;
    private int _pollers;
    private bool _filling;
    private bool _hasData;
    private bool _waiting;
    private bool _lent;
    private bool _ended;
    private bool _cancelled;
    private bool _completed;
    private bool _closed;

    /// <summary>Reads what TLS decrypts.</summary>
    /// <param name="cipher">Where TLS reads from.</param>
    /// <param name="pollable">The connection underneath.</param>
    /// <param name="fault">Where the connection's owner notes an abort.</param>
    /// <param name="pool">Where the buffers come from.</param>
    /// <param name="decrypt">Reads from TLS, after the handshake.</param>
    /// <param name="translate">Makes of TLS's error the one that readers get.</param>
    /// <param name="onCompleted">Told when the reader was completed, with the exception given.</param>
    public TlsInput(
        CipherStream cipher,
        IPollableInput pollable,
        ConnectionFault fault,
        SegmentPool pool,
        Func<Memory<byte>, ValueTask<int>> decrypt,
        Func<Exception, IOException> translate,
        Action<Exception?> onCompleted)
    {
        _cipher = cipher;
        _pollable = pollable;
        _fault = fault;
        _decrypt = decrypt;
        _translate = translate;
        _onCompleted = onCompleted;
        _onFilled = OnFilled;
        _buffer = new SegmentChain(pool);
    }

    /// <summary>After <see cref="Close"/>: ends when no decryption is under way any more.</summary>
    public Task Released => _released.Task;

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke or was aborted, or the handshake failed.</exception>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        bool isFilling;
        ValueTask<ReadResult> pending;
        lock (_gate)
        {
            EnsureReadable();
            if (TryTake(out ReadResult ready)) return new ValueTask<ReadResult>(ready);
            _wake.Reset();
            _waiting = true;
            _readToken = cancellationToken;
            isFilling = _filling;
            pending = new ValueTask<ReadResult>(this, _wake.Version);
        }

        // Outside the gate: both may find something, and wake the reader before it has begun to wait.
        _cipher.Pump(wait: true);
        if (!isFilling) Fill(hasNews: false);

        // A token that is cancelled by now runs its callback here.
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (input, token) => ((TlsInput)input!).CancelRead(token), this);
        }

        return pending;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke or was aborted, or the handshake failed.</exception>
    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            EnsureReadable();
            if (TryTake(out result)) return true;
        }

        TryFill();
        lock (_gate) return TryTake(out result);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            if (_completed) throw ReaderCompleted();
            long consumedOffset = _buffer.OffsetOf(consumed);
            long examinedOffset = _buffer.OffsetOf(examined);
            if (examinedOffset < consumedOffset) throw new ArgumentException("What was consumed was examined too.", nameof(examined));
            _buffer.Consume(consumedOffset);
            _examined = Math.Max(_examined, examinedOffset) - consumedOffset;
            _lent = false;
            ReleaseIfOver();
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            _cancelled = true;
            if (!_waiting) return;
            _waiting = false;
        }

        _wake.SetResult(true);
    }

    /// <summary>Gives the buffers back. When the connection's output is complete too, or on an exception, the connection closes.</summary>
    /// <param name="exception">Why reading ended early: aborts the connection. Null ends it in order.</param>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
            _lent = false;
            ReleaseIfOver();
        }

        _onCompleted(exception);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An abort and the closing of the connection end the wait; <see cref="CancelPendingRead"/> does not. A record of which only a part
    /// has come ends it too, and then there may be nothing to read yet.
    /// </remarks>
    public bool Poll(int microseconds)
    {
        lock (_gate)
        {
            if (IsReadable) return true;
        }

        TryFill();
        lock (_gate)
        {
            if (IsReadable) return true;
            // The handshake, or a read that was cancelled, takes what comes: the connection underneath would never become readable.
            if (_filling && !_cipher.IsParked) return WaitForFill(microseconds);
        }

        return _pollable.Poll(microseconds);
    }

    /// <summary>
    /// Ends reading on this side: a pending read completes as the end of the stream, or with the reason of an abort, and the buffers go
    /// back as soon as nobody uses them.
    /// </summary>
    public void Close()
    {
        bool wake;
        lock (_gate)
        {
            _closed = true;
            wake = _waiting;
            _waiting = false;
            ReleaseIfOver();
            WakePollers();
        }

        _cipher.CloseInput();
        if (wake) _wake.SetResult(true);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        // Unregister, not Dispose: Dispose waits for a running callback, which CancelRead makes harmless anyway.
        _registration.Unregister();
        _registration = default;
        _wake.GetResult(token);
        lock (_gate)
        {
            EnsureReadable();
            TryTake(out ReadResult result);
            return result;
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    private bool IsReadable =>
        _ended || _closed || _completed || _cancelled || _error is not null || _fault.IsSet || _buffer.Length > _examined;

    private static InvalidOperationException ReaderCompleted() => new("Reading is not allowed after the reader was completed.");

    private void EnsureReadable()
    {
        if (_completed) throw ReaderCompleted();
        if (_waiting) throw new InvalidOperationException("A read is pending already: one read at a time.");
        if (_lent) throw new InvalidOperationException("Call AdvanceTo on the last read's buffer before the next read.");
    }

    /// <summary>
    /// What a read returns without a receive, if anything. An abort goes before data, and data before an error.
    /// </summary>
    private bool TryTake(out ReadResult result)
    {
        if (_cancelled)
        {
            _cancelled = false;
            result = Lend(isCanceled: true);
            return true;
        }

        if (_fault.IsSet) throw _fault.Aborted();
        if (_buffer.Length > _examined || _ended || _closed)
        {
            result = Lend(isCanceled: false);
            return true;
        }

        if (_error is not null) throw _translate(_error);
        result = default;
        return false;
    }

    private ReadResult Lend(bool isCanceled)
    {
        ReadOnlySequence<byte> buffer = _buffer.Length == 0 ? ReadOnlySequence<byte>.Empty : _buffer.Sequence;
        _lent = _buffer.Length > 0;
        return new ReadResult(buffer, isCanceled, _ended || _closed);
    }

    /// <summary>Receives and decrypts without waiting. Only the reader may call it.</summary>
    private void TryFill()
    {
        bool isFilling;
        lock (_gate) isFilling = _filling;
        _cipher.Pump(wait: false);
        if (!isFilling) Fill(hasNews: false);
    }

    /// <summary>Decrypts until nothing is left of what was received, or TLS waits for more; then wakes the reader.</summary>
    /// <param name="hasNews">Whether there is something for the reader already.</param>
    private void Fill(bool hasNews)
    {
        while (TryGetTarget(out Memory<byte> target))
        {
            if (!StartFill(target))
            {
                // Without news TLS may be waiting for the peer, and then whoever brings the bytes goes on from here.
                if (!hasNews) return;
                break;
            }

            hasNews = true;
            if (!MayFillMore) break;

            // The reader has something to go on with, so the rest is had now or by its next read.
            _cipher.Pump(wait: false);
        }

        WakeIfReadable();
    }

    private bool MayFillMore => _cipher.HasBuffered && _buffer.Length < MaxAhead;

    private bool TryGetTarget(out Memory<byte> target)
    {
        lock (_gate)
        {
            target = default;
            if (_filling || _lent || _ended || _closed || _completed || _error is not null) return false;
            target = _buffer.GetWritable(MinimumSpace);
            return _filling = true;
        }
    }

    /// <summary>Begins to decrypt.</summary>
    /// <returns>Whether it is over, and noted.</returns>
    private bool StartFill(Memory<byte> target)
    {
        int count = 0;
        Exception? error = null;
        try
        {
            ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter fill;
            // TLS would go on in the context of whoever happens to read now, and the reader's continuation with it.
            bool suppress = !ExecutionContext.IsFlowSuppressed();
            AsyncFlowControl flow = suppress ? ExecutionContext.SuppressFlow() : default;
            try
            {
                fill = _decrypt(target).ConfigureAwait(false).GetAwaiter();
            }
            finally
            {
                if (suppress) flow.Undo();
            }

            if (!fill.IsCompleted)
            {
                _fill = fill;
                fill.UnsafeOnCompleted(_onFilled);
                return false;
            }

            count = fill.GetResult();
        }
        catch (Exception e)
        {
            error = e;
        }

        Note(count, error);
        return true;
    }

    /// <summary>A decryption that had to wait is over.</summary>
    private void OnFilled()
    {
        int count = 0;
        Exception? error = null;
        try
        {
            count = _fill.GetResult();
        }
        catch (Exception e)
        {
            error = e;
        }

        Note(count, error);
        if (MayFillMore)
        {
            _cipher.Pump(wait: false);
            Fill(hasNews: true);
        }
        else
        {
            WakeIfReadable();
        }
    }

    private void Note(int count, Exception? error)
    {
        lock (_gate)
        {
            _filling = false;
            if (error is not null) _error = error;
            else if (count == 0) NoteEnd();
            else _buffer.Commit(count);
            _hasData |= count > 0;
            ReleaseIfOver();
            WakePollers();
        }
    }

    private void NoteEnd()
    {
        // TLS says farewell before it ends. A peer that is gone right after the handshake did not like what it saw there.
        if (_cipher.HasEnded && !_hasData && !_closed) _error = new EndOfStreamException();
        else _ended = true;
    }

    private void WakeIfReadable()
    {
        lock (_gate)
        {
            if (!_waiting || !IsReadable) return;
            _waiting = false;
        }

        _wake.SetResult(true);
    }

    private void ReleaseIfOver()
    {
        if ((!_closed && !_completed) || _filling) return;
        if (_closed) _released.TrySetResult();
        if (_lent) return;
        _buffer.Clear();
        _examined = 0;
    }

    private void CancelRead(CancellationToken token)
    {
        lock (_gate)
        {
            // A callback that runs late must not end a read that came after its own.
            if (!_waiting || _readToken != token) return;
            _waiting = false;
        }

        _wake.SetException(new OperationCanceledException(token));
    }

    private bool WaitForFill(int microseconds)
    {
        _pollers++;
        int milliseconds = microseconds < 0 ? Timeout.Infinite : (int)Math.Min((microseconds + 999L) / 1000, int.MaxValue);
        bool ended = Monitor.Wait(_gate, milliseconds);
        _pollers--;
        return ended;
    }

    private void WakePollers()
    {
        if (_pollers > 0) Monitor.PulseAll(_gate);
    }
}
