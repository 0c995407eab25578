using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Registries.Mdns.Links;

/// <summary>One interface that takes part in mDNS, with its socket. It receives on its own; everything else happens in the loop.</summary>
internal sealed class MdnsLink : IDisposable
{
    /// <summary>The largest message (RFC 6762, 17).</summary>
    public const int MaxMessage = 8_972;

    /// <summary>What fits into an Ethernet packet, which messages are kept to where one record alone does not need more.</summary>
    public const int UsualMessage = 1_452;

    private const int MaxRemembered = 4096;

    /// <summary>RFC 6762, 3.</summary>
    private static readonly IPAddress s_group = IPAddress.Parse("224.0.0.251");

    private readonly Socket _socket;
    private readonly IPEndPoint _multicast;
    private readonly ILogger _logger;
    private readonly HashSet<UInt128> _sent = [];
    private readonly Queue<UInt128> _sentInOrder = new();
    private bool _hasFailed;
    private bool _isClosed;

    private MdnsLink(Socket socket, InterfaceState state, int port, ILogger logger)
    {
        _socket = socket;
        State = state;
        _multicast = new IPEndPoint(s_group, port);
        _logger = logger;
    }

    /// <summary>The interface as it was when it was last found to have changed.</summary>
    public InterfaceState State { get; private set; }

    public int Index => State.Index;

    public string Name => State.Name;

    /// <summary>Counts the times that the interface came up again: what was planned for it before does not count.</summary>
    public int Connection { get; private set; }

    public IEnumerable<IPAddress> Addresses => State.Addresses;

    /// <summary>When each record was last sent to all (RFC 6762, 6: not twice within a second).</summary>
    public Dictionary<object, long> MulticastAt { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a message is one of the last that were sent here, which come back like everybody's.</summary>
    public bool WasSent(ReadOnlySpan<byte> message) => _sent.Contains(HashOf(message));

    /// <summary>Opens a socket on an interface.</summary>
    /// <exception cref="SocketException">It cannot be joined.</exception>
    public static MdnsLink Open(InterfaceState state, int port, ILogger logger)
    {
        int index = state.Index;
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            SetMulticastAll(socket);
            SharedPort.Bind(socket, new IPEndPoint(IPAddress.Any, port));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(s_group, index));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(index));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, 255);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
            socket.ReceiveBufferSize = 1024 * 1024;
            return new MdnsLink(socket, state, port, logger);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is there as it was at a count of <see cref="Connection"/>.</summary>
    public bool IsAt(int connection) => !_isClosed && Connection == connection;

    /// <summary>It came up again; who is there now need not have heard what was sent before.</summary>
    public void Reconnect(InterfaceState state)
    {
        State = state;
        Connection++;
        MulticastAt.Clear();
    }

    /// <summary>Receives until the socket is closed.</summary>
    public async Task ReceiveAsync(Action<Datagram> received)
    {
        byte[] buffer = new byte[ushort.MaxValue];
        while (true)
        {
            try
            {
                SocketReceiveMessageFromResult result = await _socket.ReceiveMessageFromAsync(
                    buffer.AsMemory(), SocketFlags.None, new IPEndPoint(IPAddress.Any, 0)).ConfigureAwait(false);
                if (result.ReceivedBytes > MaxMessage) continue;
                received(new Datagram(
                    buffer[..result.ReceivedBytes],
                    (IPEndPoint)result.RemoteEndPoint,
                    result.PacketInformation.Address,
                    result.PacketInformation.Interface));
            }
            catch (Exception e) when (e is ObjectDisposedException
                or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                return;
            }
            catch (SocketException e)
            {
                // An ICMP error of what was sent to one peer; the socket goes on.
                MdnsRegistryLog.Ignored(_logger, "the network", Name, e.Message);
            }
        }
    }

    /// <summary>Sends to all, or to one.</summary>
    public void Send(ReadOnlyMemory<byte> message, IPEndPoint? to = null)
    {
        // What was planned before the interface went.
        if (_isClosed) return;
        try
        {
            if (to is null) Remember(HashOf(message.Span));
            _socket.SendTo(message.Span, SocketFlags.None, to ?? _multicast);
            _hasFailed = false;
        }
        catch (SocketException e)
        {
            // mDNS expects messages to be lost. An interface that went down is left when interfaces are looked at next.
            if (!_hasFailed) MdnsRegistryLog.InterfaceFailed(_logger, Name, e.Message);
            _hasFailed = true;
        }
    }

    /// <summary>RFC 6762, 11: what was sent to this machine alone must come from a network that it is in.</summary>
    public bool IsFromHere(Datagram datagram) =>
        datagram.To.Equals(s_group) || State.Networks.Any(network => IsIn(datagram.From.Address, network));

    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    private static UInt128 HashOf(ReadOnlySpan<byte> message) => MemoryMarshal.Read<UInt128>(SHA256.HashData(message));

    private void Remember(UInt128 hash)
    {
        if (!_sent.Add(hash)) return;
        _sentInOrder.Enqueue(hash);
        if (_sentInOrder.Count > MaxRemembered) _sent.Remove(_sentInOrder.Dequeue());
    }

    private static bool IsIn(IPAddress address, UnicastIPAddressInformation network)
    {
        byte[] one = address.GetAddressBytes();
        byte[] other = network.Address.GetAddressBytes();
        int bits = network.PrefixLength;
        for (int i = 0; i < one.Length && bits > 0; i++, bits -= 8)
        {
            int mask = bits >= 8 ? 0xFF : 0xFF << (8 - bits) & 0xFF;
            if (((one[i] ^ other[i]) & mask) != 0) return false;
        }

        return true;
    }

    /// <summary>Otherwise a socket of Linux also gets what comes for others of this machine on other interfaces.</summary>
    private static void SetMulticastAll(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return;
        const int LevelIp = 0;
        const int MulticastAll = 49;
        socket.SetRawSocketOption(LevelIp, MulticastAll, BitConverter.GetBytes(0));
    }
}
