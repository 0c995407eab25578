using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>Ports for servers that cannot choose one themselves, and need the same one again after a restart.</summary>
public static class FreePorts
{
    /// <summary>
    /// Below the range that the system gives to outgoing connections, one of which could take the port between two starts.
    /// </summary>
    private const int First = 15_000;
    private const int Last = 32_000;

    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_taken = [];

    /// <summary>A port of the loopback interface at which neither TCP nor UDP listens. Each is given once in a process.</summary>
    public static int Take()
    {
        lock (s_lock)
        {
            for (int attempt = 0; attempt < 1_000; attempt++)
            {
                int port = Random.Shared.Next(First, Last);
                if (IsFree(port) && s_taken.Add(port)) return port;
            }
        }

        throw new InvalidOperationException($"There is no free port from {First} to {Last}.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            udp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
