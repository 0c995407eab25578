using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// Waits for one connection's socket, without a buffer: the receiving and the sending half make their system calls themselves, which never
/// wait, and come here when there was nothing to be had. Each half has at most one wait under way.
/// </summary>
internal abstract class SocketWaiter
{
    /// <summary>Runs on a thread of the pool when a wait to receive is over; perhaps in vain.</summary>
    public Action Readable { protected get; set; } = static () => { };

    /// <summary>
    /// Runs on a thread of the pool when a wait to send is over, perhaps in vain: with the bytes that were sent meanwhile and the error of
    /// sending them.
    /// </summary>
    public Action<int, SocketError> Writable { protected get; set; } = static (_, _) => { };

    /// <summary>Waits in the way that suits the system.</summary>
    /// <param name="socket">The socket; disposed by <see cref="DisposeSocket"/>.</param>
    public static SocketWaiter Create(Socket socket) =>
        ReadinessLoop.Shared is { } loop ? new LoopWaiter(loop, socket) : new AsyncWaiter(socket);

    /// <summary>Begins to wait until a receive would not wait.</summary>
    /// <returns>Success, and then <see cref="Readable"/> will be called; otherwise an error, and it will not.</returns>
    public abstract SocketError WaitToReceive();

    /// <summary>Begins to wait until a send would not wait.</summary>
    /// <param name="next">What is to be sent next, for systems that wait only by sending.</param>
    /// <returns>Success, and then <see cref="Writable"/> will be called; otherwise an error, and it will not.</returns>
    public abstract SocketError WaitToSend(ReadOnlyMemory<byte> next);

    /// <summary>Disposes the socket, and ends what is waited for. Calling it twice is harmless.</summary>
    public abstract void DisposeSocket();
}
