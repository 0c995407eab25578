using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>The server of the asynchronous baseline: each receive is answered with all the replies it completes, in one send.</summary>
internal sealed class RawAsyncServer : IDisposable
{
    private readonly Socket _listener = RawListener.Create();

    public RawAsyncServer() => RawListener.AcceptOnOwnThread(_listener, "raw async accept", Serve);

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private static void Serve(Socket socket)
    {
        if (RawHello.Accept(socket) is not { } frames)
        {
            socket.Dispose();
            return;
        }

        var requests = new FrameCounter(frames.Request);
        var sender = new RawSender(socket, static _ => { });
        var receiver = new RawReceiver(
            socket,
            bytes =>
            {
                int replies = requests.Add(bytes);
                if (replies > 0) sender.Add((long)replies * frames.Reply);
            },
            _ => socket.Dispose());
        RawHello.Ready(socket);
        receiver.Start();
    }
}
