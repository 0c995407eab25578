using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>Connects sockets; with a <see cref="ReadinessLoop"/>, without making them known to the runtime's event loop.</summary>
internal static class SocketConnector
{
    /// <summary>Connects.</summary>
    /// <param name="socket">A new socket; its owner disposes it, whatever happens.</param>
    /// <param name="endPoint">The peer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">It failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken cancellationToken)
    {
        if (ReadinessLoop.Shared is not { } loop)
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        socket.Blocking = false;
        try
        {
            socket.Connect(endPoint);
            return;
        }
        catch (SocketException e) when (IsUnderWay(socket, e.SocketErrorCode))
        {
            // The peer's answer is on its way.
        }

        await new Wait(loop, socket).RunAsync(cancellationToken).ConfigureAwait(false);
        int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != 0) throw new SocketException(error);
    }

    // A connect in the Unix domain never is: there the code says that the listener's queue is full.
    private static bool IsUnderWay(Socket socket, SocketError error) =>
        error is SocketError.WouldBlock or SocketError.InProgress && socket.AddressFamily != AddressFamily.Unix;

    private sealed class Wait : IReadinessHandler
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ReadinessRegistration _registration;

        public Wait(ReadinessLoop loop, Socket socket) => _registration = new ReadinessRegistration(loop, socket, this);

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                SocketError error = _registration.Wait(Readiness.Send);
                if (error != SocketError.Success) throw new SocketException((int)error);
                await _over.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // Before the socket gets the registration of its connection, or is disposed.
                _registration.Close();
                _registration.Release();
            }
        }

        void IReadinessHandler.OnReady(Readiness ready) => _over.TrySetResult();
    }
}
