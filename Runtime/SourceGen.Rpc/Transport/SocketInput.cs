using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// The reading half of a socket. <see cref="ReadAsync"/> itself starts the receive, and its completion runs the continuation inline on
/// the thread that the I/O completion came on; <see cref="TryRead"/> makes one receive that does not wait; <see cref="Poll"/> parks a
/// thread. There is no pump and no thread of its own.
/// </summary>
/// <remarks>
/// Everything under <c>_gate</c> is short, and continuations run outside it. At most one receive is under way; while it is, its target,
/// the free space after the last byte, belongs to the kernel: it is neither moved nor returned to the pool. The file is long because
/// the states of one receive are: to split them would be to share them.
/// </remarks>
internal sealed class SocketInput : PipeReader, IPollableInput, IValueTaskSource<ReadResult>
{
    /// <summary>With less free space than this a receive gets a new segment: small receives cost a system call each.</summary>
    private const int MinimumReceive = 4 * 1024;

    private readonly Socket _socket;
    private readonly ConnectionFault _fault;
    private readonly Action<Exception?> _onCompleted;
    private readonly ReceiveArgs _args;
    private readonly SegmentChain _buffer;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _wake;
    private CancellationTokenRegistration _registration;
    private CancellationToken _readToken;
    private long _examined;
    private SocketError _error;
    private byte[]? _scrap;
    private int _pollers;
    private bool _receiving;
    private bool _waiting;
    private bool _lent;
    private bool _ended;
    private bool _cancelled;
    private bool _completed;
    private bool _closed;

    /// <summary>Reads from a connected socket whose <see cref="Socket.Blocking"/> is false.</summary>
    /// <param name="socket">The socket; its owner disposes it.</param>
    /// <param name="fault">Where the connection's owner notes an abort, before it disposes the socket.</param>
    /// <param name="pool">Where the buffers come from.</param>
    /// <param name="onCompleted">Told when the reader was completed, with the exception given.</param>
    public SocketInput(Socket socket, ConnectionFault fault, SegmentPool pool, Action<Exception?> onCompleted)
    {
        _socket = socket;
        _fault = fault;
        _onCompleted = onCompleted;
        _buffer = new SegmentChain(pool);
        _args = new ReceiveArgs(this);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke or was aborted.</exception>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        ValueTask<ReadResult> pending;
        lock (_gate)
        {
            EnsureReadable();
            if (TryTake(out ReadResult ready)) return new ValueTask<ReadResult>(ready);
            if (!_receiving)
            {
                StartReceive();
                if (!_receiving)
                {
                    TryTake(out ready);
                    return new ValueTask<ReadResult>(ready);
                }
            }

            _wake.Reset();
            _waiting = true;
            _readToken = cancellationToken;
            pending = new ValueTask<ReadResult>(this, _wake.Version);
        }

        // Outside the gate: a token that is cancelled by now runs its callback here.
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (input, token) => ((SocketInput)input!).CancelRead(token), this);
        }

        return pending;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The connection broke or was aborted.</exception>
    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
        {
            EnsureReadable();
            if (TryTake(out result)) return true;
            // A receive that ReadAsync left behind when it was cancelled has the first right to the data.
            return !_receiving && TryReceive() && TryTake(out result);
        }
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
            ReleaseIfClosed();
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
            ReleaseIfClosed();
        }

        _onCompleted(exception);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The system call counts in milliseconds, so a time above 0 is rounded up to whole ones. An abort and the closing of the connection
    /// end the wait; <see cref="CancelPendingRead"/> does not.
    /// </remarks>
    public bool Poll(int microseconds)
    {
        lock (_gate)
        {
            bool over = _ended || _closed || _completed || _error != SocketError.Success || _fault.IsSet;
            if (over || _cancelled || _buffer.Length > _examined) return true;
            // What the socket has goes to the receive that is under way, so the socket itself would never become readable.
            if (_receiving) return WaitForReceive(microseconds);
        }

        try
        {
            return _socket.Poll(ToWholeMilliseconds(microseconds), SelectMode.SelectRead);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The socket went away under the wait: the next read tells why.
            return true;
        }
    }

    /// <summary>
    /// Ends reading on this side: a pending read completes as the end of the stream, and the buffers go back as soon as nobody uses them.
    /// </summary>
    public void Close()
    {
        bool wake;
        lock (_gate)
        {
            _closed = true;
            wake = _waiting;
            _waiting = false;
            ReleaseIfClosed();
            WakePollers();
        }

        if (wake) _wake.SetResult(true);
    }

    /// <summary>
    /// After <see cref="Close"/>: throws away what still arrives until the peer ends its side. Closing a socket on unread data makes the
    /// kernel reset the connection, and the reset can overtake what was sent before.
    /// </summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (!_receiving) Discard();
            return _drained.Task;
        }
    }

    /// <summary>Gives the receive's native resources back; a receive under way finishes first.</summary>
    public void Dispose() => _args.Dispose();

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

    private static int ToWholeMilliseconds(int microseconds) =>
        microseconds <= 0 ? microseconds : (int)Math.Min((microseconds + 999L) / 1000 * 1000, int.MaxValue);

    private static InvalidOperationException ReaderCompleted() => new("Reading is not allowed after the reader was completed.");

    private void EnsureReadable()
    {
        if (_completed) throw ReaderCompleted();
        if (_waiting) throw new InvalidOperationException("A read is pending already: one read at a time.");
        if (_lent) throw new InvalidOperationException("Call AdvanceTo on the last read's buffer before the next read.");
    }

    /// <summary>
    /// What a read returns without a receive, if anything. An abort goes before data, and data before an error of the socket.
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

        if (_error != SocketError.Success) throw SocketErrors.Broken(_error, _fault.Remote);
        result = default;
        return false;
    }

    private ReadResult Lend(bool isCanceled)
    {
        ReadOnlySequence<byte> buffer = _buffer.Length == 0 ? ReadOnlySequence<byte>.Empty : _buffer.Sequence;
        _lent = _buffer.Length > 0;
        return new ReadResult(buffer, isCanceled, _ended || _closed);
    }

    private void StartReceive()
    {
        Memory<byte> target = _buffer.GetWritable(MinimumReceive);
        _receiving = true;
        try
        {
            _args.SetBuffer(target);
            if (_socket.ReceiveAsync(_args)) return;
        }
        catch (ObjectDisposedException)
        {
            _receiving = false;
            NoteSocketGone();
            return;
        }

        _receiving = false;
        Account(_args.BytesTransferred, _args.SocketError);
    }

    /// <summary>One receive that does not wait; false when there is nothing to read.</summary>
    private bool TryReceive()
    {
        Memory<byte> target = _buffer.GetWritable(MinimumReceive);
        try
        {
            int count = _socket.Receive(target.Span, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock) return false;
            Account(count, error);
        }
        catch (ObjectDisposedException)
        {
            NoteSocketGone();
        }

        return true;
    }

    private void Account(int count, SocketError error)
    {
        if (error != SocketError.Success) _error = error;
        else if (count == 0) _ended = true;
        else _buffer.Commit(count);
    }

    // The owner disposes the socket only after it noted an abort or closed this half; the error code covers neither having been noted.
    private void NoteSocketGone() => _error = SocketError.OperationAborted;

    private void OnReceived()
    {
        bool wake;
        lock (_gate)
        {
            _receiving = false;
            if (_closed)
            {
                ReleaseIfClosed();
                if (_args.SocketError != SocketError.Success || _args.BytesTransferred == 0) _drained.TrySetResult();
                else Discard();
            }
            else
            {
                Account(_args.BytesTransferred, _args.SocketError);
            }

            wake = _waiting;
            _waiting = false;
            if (_completed) ReleaseIfClosed();
            WakePollers();
        }

        if (wake) _wake.SetResult(true);
    }

    private void Discard()
    {
        _scrap ??= GC.AllocateUninitializedArray<byte>(MinimumReceive);
        try
        {
            do
            {
                _args.SetBuffer(_scrap);
                _receiving = true;
                if (_socket.ReceiveAsync(_args)) return;
                _receiving = false;
            }
            while (_args.SocketError == SocketError.Success && _args.BytesTransferred > 0);
        }
        catch (ObjectDisposedException)
        {
            // An abort closed the socket: there is nothing left to throw away.
            _receiving = false;
        }

        _drained.TrySetResult();
    }

    private void ReleaseIfClosed()
    {
        if ((_closed || _completed) && !_lent && !_receiving)
        {
            _buffer.Clear();
            _examined = 0;
        }
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

    private bool WaitForReceive(int microseconds)
    {
        _pollers++;
        bool ended = Monitor.Wait(_gate, microseconds < 0 ? Timeout.Infinite : ToWholeMilliseconds(microseconds) / 1000);
        _pollers--;
        return ended;
    }

    private void WakePollers()
    {
        if (_pollers > 0) Monitor.PulseAll(_gate);
    }

    private sealed class ReceiveArgs(SocketInput input) : SocketAsyncEventArgs(true /* unsafeSuppressExecutionContext */)
    {
        protected override void OnCompleted(SocketAsyncEventArgs e) => input.OnReceived();
    }
}
