using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Load;

/// <summary>The first bytes of a raw connection: how long a request and a reply are. From then on there are only frames of these sizes.</summary>
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
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new LoadException($"The raw server at {server} cannot be reached: {e.Message}.", e);
        }
    }

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
