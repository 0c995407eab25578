using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>What both raw servers listen with.</summary>
internal static class RawListener
{
    public static Socket Create()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    /// <summary>Accepts until the listener is disposed, on a thread of its own that sleeps in the kernel between connections.</summary>
    public static void AcceptOnOwnThread(Socket listener, string name, Action<Socket> serve)
    {
        var thread = new Thread(() =>
        {
            while (true)
            {
                Socket socket;
                try
                {
                    socket = listener.Accept();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }

                serve(socket);
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
    }
}
