using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>The server of the polled baseline: one thread a connection, which polls from the first byte to the last.</summary>
internal sealed class RawPolledServer : IDisposable
{
    private readonly Socket _listener = RawListener.Create();

    public RawPolledServer() => RawListener.AcceptOnOwnThread(_listener, "raw polled accept and serve", Serve);

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    // It runs on the accepting thread: one connection at a time is all a measurement needs, and the next one waits in the backlog.
    private static void Serve(Socket socket)
    {
        using (socket)
        {
            if (RawHello.Accept(socket) is not { } frames) return;
            var connection = new PolledConnection(socket);
            var requests = new FrameCounter(frames.Request);
            RawHello.Ready(socket);
            socket.Blocking = false;
            while (connection.Poll(out int bytes))
            {
                int replies = requests.Add(bytes);
                if (replies > 0) connection.Owe((long)replies * frames.Reply);
            }
        }
    }
}
