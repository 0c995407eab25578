using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// Waits by means of the runtime, on systems without epoll: to receive by a receive of no bytes, which ends when there are some, and to
/// send by sending the next bytes.
/// </summary>
internal sealed class AsyncWaiter : SocketWaiter
{
    private readonly Socket _socket;
    private readonly Operation _receive;
    private readonly Operation _send;

    /// <summary>Waits for a socket.</summary>
    public AsyncWaiter(Socket socket)
    {
        _socket = socket;
        _receive = new Operation(_ => Readable());
        _send = new Operation(args => Writable(args.BytesTransferred, args.SocketError));
    }

    /// <inheritdoc/>
    public override SocketError WaitToReceive()
    {
        try
        {
            _receive.SetBuffer(Memory<byte>.Empty);
            // What ends at once is told on the pool as well: the caller holds a lock.
            if (!_socket.ReceiveAsync(_receive)) ThreadPool.UnsafeQueueUserWorkItem(_receive, preferLocal: false);
            return SocketError.Success;
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
    }

    /// <inheritdoc/>
    public override SocketError WaitToSend(ReadOnlyMemory<byte> next)
    {
        try
        {
            _send.SetBuffer(MemoryMarshal.AsMemory(next));
            if (!_socket.SendAsync(_send)) ThreadPool.UnsafeQueueUserWorkItem(_send, preferLocal: false);
            return SocketError.Success;
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
    }

    /// <inheritdoc/>
    public override void DisposeSocket()
    {
        _socket.Dispose();
        // What is under way finishes first.
        _receive.Dispose();
        _send.Dispose();
    }

    private sealed class Operation(Action<SocketAsyncEventArgs> onEnded)
        : SocketAsyncEventArgs(true /* unsafeSuppressExecutionContext */), IThreadPoolWorkItem
    {
        public void Execute() => onEnded(this);

        protected override void OnCompleted(SocketAsyncEventArgs e) => onEnded(this);
    }
}
