using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>Waits by means of the <see cref="ReadinessLoop"/>: the runtime's event loop never hears of the socket.</summary>
internal sealed class LoopWaiter : SocketWaiter, IReadinessHandler, IThreadPoolWorkItem
{
    private readonly Socket _socket;
    private readonly ReadinessRegistration _registration;
    private readonly SendWork _sendWork;

    /// <summary>Waits for a socket.</summary>
    public LoopWaiter(ReadinessLoop loop, Socket socket)
    {
        _socket = socket;
        _registration = new ReadinessRegistration(loop, socket, this);
        _sendWork = new SendWork(this);
    }

    /// <summary>The socket's place in the loop.</summary>
    internal ReadinessRegistration Registration => _registration;

    /// <inheritdoc/>
    public override SocketError WaitToReceive() => _registration.Wait(Readiness.Receive);

    /// <inheritdoc/>
    public override SocketError WaitToSend(ReadOnlyMemory<byte> next) => _registration.Wait(Readiness.Send);

    /// <inheritdoc/>
    public override void DisposeSocket()
    {
        _registration.Close();
        _socket.Dispose();
        // Now, so that whoever waits finds the socket disposed.
        _registration.Release();
    }

    void IReadinessHandler.OnReady(Readiness ready)
    {
        // The global queue: this thread has no queue of its own, and the pool's threads take turns there.
        if ((ready & Readiness.Receive) != 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        if ((ready & Readiness.Send) != 0) ThreadPool.UnsafeQueueUserWorkItem(_sendWork, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Readable();

    private sealed class SendWork(LoopWaiter waiter) : IThreadPoolWorkItem
    {
        public void Execute() => waiter.Writable(0, SocketError.Success);
    }
}
