using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>
/// How a raw connection opens: the client says how long a request and a reply are, and the server says that it is ready, its buffers
/// allocated. From then on there are only frames of these sizes.
/// </summary>
internal static class RawHello
{
    private const int Length = 8;

    public static Socket Connect(IPEndPoint server, FrameSizes frames)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(server);
            Span<byte> hello = stackalloc byte[Length];
            BinaryPrimitives.WriteInt32LittleEndian(hello, frames.Request);
            BinaryPrimitives.WriteInt32LittleEndian(hello[4..], frames.Reply);
            socket.Send(hello);
            return socket.Receive(hello[..1]) == 1
                ? socket
                : throw new LoadException($"The raw server at {server} closed the connection before it was ready.");
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException) throw new LoadException($"The raw server at {server} cannot be reached: {e.Message}.", e);
            throw;
        }
    }

    /// <summary>Tells the client that it may begin.</summary>
    public static void Ready(Socket socket) => socket.Send([1]);

    /// <returns>The sizes, or null when the peer left before it said them.</returns>
    public static FrameSizes? Accept(Socket socket)
    {
        socket.NoDelay = true;
        Span<byte> hello = stackalloc byte[Length];
        for (int received = 0; received < Length;)
        {
            int n = socket.Receive(hello[received..]);
            if (n == 0) return null;
            received += n;
        }

        return new FrameSizes(BinaryPrimitives.ReadInt32LittleEndian(hello), BinaryPrimitives.ReadInt32LittleEndian(hello[4..]));
    }
}
