using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Transport;

/// <summary>One end of a connection within the process.</summary>
internal sealed class MemoryConnection : ITransportConnection, IGatheringOutput, IPollableInput
{
    private readonly ConnectionFault _fault;
    private readonly MemoryChannel _incoming;
    private readonly MemoryChannel _outgoing;
    private readonly MemoryInput _input;
    private readonly StagedOutput _output;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closing;
    private int _halvesOpen = 2;

    private MemoryConnection(RpcAddress address, MemoryChannel incoming, MemoryChannel outgoing, SegmentPool pool)
    {
        LocalAddress = address;
        _fault = new ConnectionFault(address);
        _incoming = incoming;
        _outgoing = outgoing;
        _input = new MemoryInput(incoming, OnHalfCompleted);
        _output = new StagedOutput(this, pool, OnHalfCompleted);
    }

    /// <summary>What joins it to its other end, where calls may go without bytes; null where they may not.</summary>
    public InProcess.InProcessLink? Link { get; set; }

    /// <inheritdoc/>
    public RpcAddress LocalAddress { get; }

    /// <inheritdoc/>
    public RpcAddress RemoteAddress => LocalAddress;

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <summary>Makes the two ends of a connection.</summary>
    public static (MemoryConnection Client, MemoryConnection Server) CreatePair(RpcAddress address, SegmentPool pool)
    {
        var up = new MemoryChannel();
        var down = new MemoryChannel();
        return (new MemoryConnection(address, down, up, pool), new MemoryConnection(address, up, down, pool));
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(in ReadOnlySequence<byte> data) => _outgoing.SendAsync(data);

    /// <inheritdoc/>
    public bool Poll(int microseconds) => _input.Poll(microseconds);

    /// <inheritdoc/>
    public void Abort(Exception? reason = null)
    {
        if (!_fault.TrySet(reason)) return;
        _outgoing.Close(ResetByPeer(), _fault.Aborted);
        _incoming.Close(_fault.Aborted(), ResetByPeer);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
        return new ValueTask(_closed.Task);
    }

    private async Task CloseAsync()
    {
        try
        {
            // Ends a pending read, and tells the peer's next send that nobody reads any more.
            _incoming.Close(readError: null, ClosedByPeer);
            await _output.Sending.ConfigureAwait(false);
            await _outgoing.Sending.ConfigureAwait(false);
            _outgoing.Close(readError: null, _fault.Closed);
        }
        catch (Exception e)
        {
            // Whoever sent was told; a connection with a failed send cannot be closed in order.
            Abort(e);
        }
        finally
        {
            _closed.SetResult();
        }
    }

    private IOException ResetByPeer() => new($"The connection to {RemoteAddress} was reset by the peer.");

    private IOException ClosedByPeer() => new($"The connection to {RemoteAddress} was closed by the peer.");

    private void OnHalfCompleted(Exception? exception)
    {
        if (exception is not null) Abort(exception);
        else if (Interlocked.Decrement(ref _halvesOpen) == 0 && Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
    }
}
