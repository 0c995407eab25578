using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>Binds a socket to a port that it shares with the machine's other responders (RFC 6762, 15.1).</summary>
internal static class SharedPort
{
    private const int LevelSocket = 1;
    private const int ReuseAddress = 2;
    private const int ReusePort = 15;

    /// <summary>Binds.</summary>
    /// <exception cref="SocketException">The port is taken by somebody who does not share it.</exception>
    public static void Bind(Socket socket, EndPoint address)
    {
        if (!OperatingSystem.IsLinux())
        {
            // On other Unix systems this sets both options that sharing takes there.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(address);
            return;
        }

        // SO_REUSEADDR alone, not SO_REUSEPORT, which .NET would set with it: of sockets that have both, Linux may give a multicast message
        // that only one of them has joined for to another one, chosen by a hash of the sender's address. A message of one interface would
        // then come to the socket of another one, and what was asked would be answered there.
        socket.SetRawSocketOption(LevelSocket, ReuseAddress, BitConverter.GetBytes(1));
        try
        {
            socket.Bind(address);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // Somebody shares the port by SO_REUSEPORT alone; there is no other way beside them.
            socket.SetRawSocketOption(LevelSocket, ReusePort, BitConverter.GetBytes(1));
            socket.Bind(address);
        }
    }
}
