using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>A connected stream socket, of TCP or of the Unix domain.</summary>
internal sealed class SocketConnection : ITransportConnection, IGatheringOutput, IPollableInput
{
    private readonly Socket _socket;
    private readonly ConnectionFault _fault;
    private readonly SocketConnectionSettings _settings;
    private readonly SocketWaiter _waiter;
    private readonly SocketInput _input;
    private readonly SocketSender _sender;
    private readonly StagedOutput _output;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closing;
    private int _halvesOpen = 2;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; disposed with the connection.</param>
    /// <param name="local">This side's address.</param>
    /// <param name="remote">The peer's address, which errors name.</param>
    /// <param name="settings">Buffers and limits.</param>
    public SocketConnection(Socket socket, RpcAddress local, RpcAddress remote, SocketConnectionSettings settings)
    {
        // Once set by the user, .NET returns WouldBlock from a synchronous receive instead of emulating one that blocks.
        socket.Blocking = false;
        LocalAddress = local;
        RemoteAddress = remote;
        _socket = socket;
        _settings = settings;
        _fault = new ConnectionFault(remote);
        _waiter = settings.CreateWaiter(socket);
        _input = new SocketInput(socket, _waiter, _fault, settings.Pool, OnHalfCompleted);
        _sender = new SocketSender(socket, _waiter, _fault);
        _output = new StagedOutput(this, settings.Pool, OnHalfCompleted);
    }

    /// <inheritdoc/>
    public RpcAddress LocalAddress { get; }

    /// <inheritdoc/>
    public RpcAddress RemoteAddress { get; }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <summary>
    /// Ends when the socket itself is closed and no operation is under way on it any more, which may be some time after
    /// <see cref="DisposeAsync"/>: see there.
    /// </summary>
    public Task SocketClosed { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask SendAsync(in ReadOnlySequence<byte> data) => _sender.SendAsync(data);

    /// <inheritdoc/>
    public bool Poll(int microseconds) => _input.Poll(microseconds);

    /// <inheritdoc/>
    public void Abort(Exception? reason = null)
    {
        if (!_fault.TrySet(reason)) return;
        try
        {
            // A close with a linger time of zero resets a TCP connection: the kernel drops what was not sent.
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Too late to linger or not to: the peer is gone, or the socket is closed already.
        }

        CloseSocket();
    }

    /// <summary>
    /// Closes in order. Returns when everything that was sent is with the kernel and the peer was told the end; the socket then stays
    /// open without this connection until the peer ends its side too, or a few seconds have passed, because a socket closed on unread
    /// data is reset, and what was sent would be lost.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
        return new ValueTask(_closed.Task);
    }

    private async Task CloseAsync()
    {
        try
        {
            _input.Close();
            await SendPendingAsync().ConfigureAwait(false);
            EndSending();
            SocketClosed = LingerAsync(_input.DrainAsync());
        }
        finally
        {
            _closed.SetResult();
        }
    }

    /// <summary>Waits for what was flushed and for what a completed writer staged; a peer that does not read is given up.</summary>
    private async Task SendPendingAsync()
    {
        try
        {
            await _output.Sending.WaitAsync(_settings.LingerLimit, _settings.Time).ConfigureAwait(false);
            await _sender.CloseAsync().WaitAsync(_settings.LingerLimit, _settings.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abort(new TimeoutException(
                $"The connection was closed while a send was pending, and the peer did not read "
                + $"for {_settings.LingerLimit.TotalSeconds} s."));
        }
        catch (Exception e)
        {
            // Whoever sent was told, or completed the writer and left; a connection with a failed send cannot be closed in order.
            Abort(e);
        }
    }

    /// <summary>Tells the peer the end.</summary>
    private void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone, or the connection was aborted: nobody is left to be told.
            CloseSocket();
        }
    }

    private async Task LingerAsync(Task drained)
    {
        try
        {
            await drained.WaitAsync(_settings.LingerLimit, _settings.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The peer keeps its side open; it has had the time to read what was sent.
        }

        CloseSocket();
        // A wait that was still under way ends by the closing.
        await drained.ConfigureAwait(false);
    }

    private void CloseSocket() => _waiter.DisposeSocket();

    private void OnHalfCompleted(Exception? exception)
    {
        if (exception is not null) Abort(exception);
        else if (Interlocked.Decrement(ref _halvesOpen) == 0 && Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
    }
}
