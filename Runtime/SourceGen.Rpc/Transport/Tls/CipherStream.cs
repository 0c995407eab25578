using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>
/// What the framework's TLS reads its records from and writes them to. Reading can be had without waiting, as <see cref="TlsInput"/>
/// must: a read that finds nothing is parked, and <see cref="Pump"/> tries again. Writing only stages records, so that all of a batch
/// go out in one send.
/// </summary>
/// <param name="inner">The connection underneath; its owner closes it.</param>
/// <param name="pool">Where the buffers of staged records come from.</param>
internal sealed class CipherStream(ITransportConnection inner, SegmentPool pool) : Stream, IValueTaskSource<int>
{
    private readonly PipeReader _input = inner.Input;
    private readonly IGatheringOutput _output = (IGatheringOutput)inner;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _sendTurn = new(1);
    private Action? _onReadable;
    private ManualResetValueTaskSourceCore<int> _read;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _innerRead;
    private Memory<byte> _target;
    private SegmentChain _staged = new(pool);
    private SegmentChain? _spare;
    private bool _isHandshake = true;
    private bool _mayWait;
    private bool _isParked;
    private bool _isClosed;
    private bool _isBatching;
    private bool _hasStarted;

    /// <summary>Whether bytes were received that TLS has not taken yet.</summary>
    public bool HasBuffered { get; private set; }

    /// <summary>Whether the peer has closed the connection underneath.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The peer's first bytes when they are not those of TLS; otherwise empty.</summary>
    public byte[] Foreign { get; private set; } = [];

    /// <summary>How many bytes are staged and not sent.</summary>
    public long StagedLength => _staged.Length;

    /// <summary>Whether a read found nothing, and waits for <see cref="Pump"/>.</summary>
    public bool IsParked
    {
        get
        {
            lock (_gate) return _isParked;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake is over: from now on reads wait only when <see cref="Pump"/> says so.</summary>
    public void EndHandshake()
    {
        lock (_gate) _isHandshake = false;
    }

    /// <summary>
    /// Sets whether reads that find nothing wait for the peer, and goes on with the one that is parked. Its continuation runs here if there
    /// is something to read. Only whoever reads the connection may call it.
    /// </summary>
    public void Pump(bool wait)
    {
        lock (_gate)
        {
            _mayWait = wait;
            if (!_isParked) return;
            _isParked = false;
        }

        if (wait)
        {
            StartWaiting();
            return;
        }

        int count;
        try
        {
            if (!TryTake(_target.Span, out count) && TryPark()) return;
        }
        catch (Exception e)
        {
            _read.SetException(e);
            return;
        }

        _read.SetResult(count);
    }

    /// <summary>Ends reading: a parked read, and every one that comes, meets the end of the stream.</summary>
    public void CloseInput()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (!_isParked) return;
            _isParked = false;
        }

        _read.SetResult(0);
    }

    /// <summary>From here on writes are staged until <see cref="EndBatchAsync"/>.</summary>
    public void BeginBatch()
    {
        lock (_gate) _isBatching = true;
    }

    /// <summary>Sends what is staged.</summary>
    public ValueTask EndBatchAsync()
    {
        lock (_gate) _isBatching = false;
        return SendStagedAsync();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _isClosed)) return default;
        if (TryTake(buffer.Span, out int count)) return new ValueTask<int>(count);
        _target = buffer;
        _read.Reset();
        short version = _read.Version;
        if (!TryPark())
        {
            if (Volatile.Read(ref _isClosed)) return default;
            StartWaiting();
        }

        return new ValueTask<int>(this, version);
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            buffer.Span.CopyTo(_staged.GetWritable(buffer.Length).Span);
            _staged.Commit(buffer.Length);
            // TLS writes of itself too, while it shakes hands or answers a record of its own: that goes out at once.
            if (_isBatching) return default;
        }

        return SendStagedAsync();
    }

    /// <summary>Sends what is staged, after what is being sent.</summary>
    public ValueTask SendStagedAsync()
    {
        if (!_sendTurn.Wait(0)) return SendStagedInTurnAsync();
        SegmentChain? data = null;
        try
        {
            data = TakeStaged();
            if (data.Length > 0)
            {
                ValueTask sent = _output.SendAsync(data.Sequence);
                if (!sent.IsCompletedSuccessfully) return FinishSendAsync(sent, data);
                sent.GetAwaiter().GetResult();
            }
        }
        catch
        {
            EndSend(data);
            throw;
        }

        EndSend(data);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendStagedInTurnAsync()
    {
        await _sendTurn.WaitAsync().ConfigureAwait(false);
        SegmentChain? data = null;
        try
        {
            data = TakeStaged();
            if (data.Length > 0) await _output.SendAsync(data.Sequence).ConfigureAwait(false);
        }
        finally
        {
            EndSend(data);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishSendAsync(ValueTask sent, SegmentChain data)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        finally
        {
            EndSend(data);
        }
    }

    private SegmentChain TakeStaged()
    {
        lock (_gate)
        {
            SegmentChain data = _staged;
            _staged = _spare ?? new SegmentChain(pool);
            _spare = null;
            return data;
        }
    }

    private void EndSend(SegmentChain? data)
    {
        if (data is not null)
        {
            data.Clear();
            lock (_gate) _spare = data;
        }

        _sendTurn.Release();
    }

    /// <summary>Gives back what was staged and will not be sent.</summary>
    public void DropStaged()
    {
        lock (_gate) _staged.Clear();
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    /// <summary>Parks the read that found nothing.</summary>
    /// <returns>False when it should wait for the peer instead, or is over because reading has ended on this side.</returns>
    private bool TryPark()
    {
        lock (_gate)
        {
            if (_isClosed || _isHandshake || _mayWait) return false;
            return _isParked = true;
        }
    }

    private bool TryTake(Span<byte> target, out int count)
    {
        count = 0;
        return _input.TryRead(out ReadResult result) && Take(result, target, out count);
    }

    /// <summary>
    /// Copies what was received, as much as there is room for. TLS also reads without any room, to hear that something has come before it
    /// takes a buffer.
    /// </summary>
    /// <returns>Whether there was anything, or the end.</returns>
    private bool Take(in ReadResult result, Span<byte> target, out int count)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        count = (int)Math.Min(buffer.Length, target.Length);
        ReadOnlySequence<byte> taken = buffer.Slice(0, count);
        if (!_hasStarted && !buffer.IsEmpty) Inspect(buffer);
        taken.CopyTo(target);
        HasBuffered = buffer.Length > count;
        _input.AdvanceTo(taken.End);
        if (buffer.IsEmpty && result.IsCompleted) HasEnded = true;
        return !buffer.IsEmpty || result.IsCompleted;
    }

    /// <summary>TLS itself says of foreign bytes no more than that a frame is corrupt; these say what the peer is.</summary>
    private void Inspect(in ReadOnlySequence<byte> buffer)
    {
        const byte Alert = 0x15;
        const byte Handshake = 0x16;
        _hasStarted = true;
        if (buffer.FirstSpan[0] is Alert or Handshake) return;
        Foreign = buffer.Slice(0, Math.Min(buffer.Length, 8)).ToArray();
        _input.AdvanceTo(buffer.End);
        throw new IOException("The peer does not speak TLS.");
    }

    private void StartWaiting()
    {
        ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter read;
        try
        {
            read = _input.ReadAsync().ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception e)
        {
            _read.SetException(e);
            return;
        }

        // First: the continuation may run elsewhere before the next line returns.
        _innerRead = read;
        if (read.IsCompleted) OnReadable();
        else read.UnsafeOnCompleted(_onReadable ??= OnReadable);
    }

    private void OnReadable()
    {
        int count;
        try
        {
            if (!Take(_innerRead.GetResult(), _target.Span, out count))
            {
                StartWaiting();
                return;
            }
        }
        catch (Exception e)
        {
            _read.SetException(e);
            return;
        }

        _read.SetResult(count);
    }
}
