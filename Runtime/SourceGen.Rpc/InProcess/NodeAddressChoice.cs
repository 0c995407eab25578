using System.Net.Sockets;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.InProcess;

/// <summary>
/// Chooses the address at which a server that a registry names is connected to: a server on the same machine that listens at a Unix socket too
/// is called over that, which takes about half the time of TCP. Servers of the same process are found when the connection opens
/// (<see cref="RpcClientOptions.PreferInProcess"/>), whichever of their addresses was chosen.
/// </summary>
/// <param name="host">This machine, as <see cref="HostIdentity"/> names it.</param>
/// <param name="isListening">Whether somebody listens at a path.</param>
internal sealed class NodeAddressChoice(string host, Func<string, bool> isListening)
{
    /// <summary>The choice on this machine.</summary>
    public static NodeAddressChoice Local { get; } = new(HostIdentity.Current, IsListening);

    /// <summary>Chooses an address. It may look at the file system; call it when a server is new, or has changed.</summary>
    /// <param name="instance">The server.</param>
    /// <returns>
    /// A Unix socket's, when the server is on this machine, says that it listens there, somebody does, and its own address is plain TCP; otherwise
    /// its own. A server of TLS is called over TLS: it may ask for certificates, and its clients for its name.
    /// </returns>
    /// <exception cref="FormatException">The server's own address is not one.</exception>
    public RpcAddress Choose(ServiceInstance instance)
    {
        ServiceNode node = instance.Node;
        RpcAddress own = node.GetRpcAddress();
        if (own.Scheme != "tcp"
            || !node.Metadata.TryGetValue(ServiceMetadataKeys.Host, out string? theirs)
            || theirs != host
            || !node.Metadata.TryGetValue(ServiceMetadataKeys.UnixSocket, out string? path)
            || !Path.IsPathRooted(path)
            || !RpcAddress.TryParse($"unix://{path}", out RpcAddress? socket)
            || !isListening(path))
        {
            return own;
        }

        return socket;
    }

    /// <summary>
    /// Whether somebody listens at a path. In a container of its own the same path is another file, or none: the machine's identity alone does
    /// not say.
    /// </summary>
    private static bool IsListening(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            // Not blocking: while the queue of connections is full, connecting would wait.
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            return false; // A file that was left behind, somebody else's, or too long a path.
        }
    }
}
