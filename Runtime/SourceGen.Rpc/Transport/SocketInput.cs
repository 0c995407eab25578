using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// The reading half of a socket. Every receive is one that does not wait: <see cref="TryRead"/> makes one, and <see cref="ReadAsync"/>
/// makes one and, if there was nothing, another when its waiter says so, and runs the continuation inline there; <see cref="Poll"/> parks
/// a thread. There is no pump and no thread of its own.
/// </summary>
/// <remarks>
/// Everything under <c>_gate</c> is short, and continuations run outside it. As no receive is ever under way, no buffer is ever the
/// kernel's. A read that was cancelled leaves a wait behind, which ends without consequence unless the next read has taken it over.
/// </remarks>
internal sealed class SocketInput : PipeReader, IPollableInput, IValueTaskSource<ReadResult>
{
    /// <summary>With less free space than this a receive gets a new segment: small receives cost a system call each.</summary>
    private const int MinimumReceive = 4 * 1024;

    private readonly Socket _socket;
    private readonly SocketWaiter _waiter;
    private readonly ConnectionFault _fault;
    private readonly Action<Exception?> _onCompleted;
    private readonly SegmentChain _buffer;
    private readonly object _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _wake;
    private CancellationTokenRegistration _registration;
    private CancellationToken _readToken;
    private long _examined;
    private SocketError _error;
    private byte[]? _scrap;

    /// <summary>The waiter will call back.</summary>
    private bool _parked;

    /// <summary>A read is pending.</summary>
    private bool _waiting;

    /// <summary>The last thing that happened was a receive without data.</summary>
    private bool _dry;
    private bool _lent;
    private bool _ended;
    private bool _cancelled;
    private bool _completed;
    private bool _closed;
    private bool _draining;

    /// <summary>Reads from a connected socket whose <see cref="Socket.Blocking"/> is false.</summary>
    /// <param name="socket">The socket; its owner disposes it, through the waiter.</param>
    /// <param name="waiter">Waits for the socket.</param>
    /// <param name="fault">Where the connection's owner notes an abort, before it disposes the socket.</param>
    /// <param name="pool">Where the buffers come from.</param>
    /// <param name="onCompleted">Told when the reader was completed, with the exception given.</param>
    public SocketInput(Socket socket, SocketWaiter waiter, ConnectionFault fault, SegmentPool pool, Action<Exception?> onCompleted)
    {
        _socket = socket;
        _fault = fault;
        _onCompleted = onCompleted;
        _buffer = new SegmentChain(pool);
        _waiter = waiter;
        waiter.Readable = OnReadable;
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
            // Who tries and then reads has just seen that there is nothing; what arrived since ends the wait at once.
            if ((!_dry && TryReceive()) || !TryPark())
            {
                TryTake(out ready); // Data, the end, or an exception.
                return new ValueTask<ReadResult>(ready);
            }

            _dry = false;
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
            return TryTake(out result) || (TryReceive() && TryTake(out result));
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
            _dry = false;
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
            _draining = true;
            Discard();
            return _drained.Task;
        }
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

    /// <summary>One receive that does not wait; false when there is nothing to read.</summary>
    private bool TryReceive()
    {
        Memory<byte> target = _buffer.GetWritable(MinimumReceive);
        try
        {
            int count = _socket.Receive(target.Span, SocketFlags.None, out SocketError error);
            _dry = error == SocketError.WouldBlock;
            if (_dry) return false;
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

    /// <summary>Makes sure that the waiter will call back; false when it cannot, which the next read then tells.</summary>
    private bool TryPark()
    {
        if (_parked) return true;
        SocketError error = _waiter.WaitToReceive();
        if (error != SocketError.Success) _error = error;
        return _parked = error == SocketError.Success;
    }

    private void OnReadable()
    {
        lock (_gate)
        {
            _parked = false;
            if (_draining) Discard();
            if (!_waiting) return;
            // The wait may have ended in vain. After the reader was completed the read tells just that.
            if (!_completed && !TryReceive() && TryPark()) return;
            _waiting = false;
        }

        _wake.SetResult(true);
    }

    private void Discard()
    {
        _scrap ??= GC.AllocateUninitializedArray<byte>(MinimumReceive);
        try
        {
            SocketError error;
            int count;
            do
            {
                count = _socket.Receive(_scrap, SocketFlags.None, out error);
                if (error == SocketError.WouldBlock && TryPark()) return;
            }
            while (error == SocketError.Success && count > 0);
        }
        catch (ObjectDisposedException)
        {
            // An abort closed the socket: there is nothing left to throw away.
        }

        _drained.TrySetResult();
    }

    private void ReleaseIfClosed()
    {
        if ((_closed || _completed) && !_lent)
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
}
