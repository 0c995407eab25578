using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Support;

/// <summary>Somebody on the network who hears everything and says what a test wants.</summary>
internal sealed class Peer : IDisposable
{
    private static readonly IPAddress s_group = IPAddress.Parse("224.0.0.251");

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly int _port;
    private readonly byte[] _buffer = new byte[ushort.MaxValue];

    /// <summary>Joins.</summary>
    /// <param name="network">The network.</param>
    /// <param name="isLegacy">Whether it sends from a port of its own, as resolvers do that know no multicast.</param>
    public Peer(Network network, bool isLegacy = false)
        : this(network.Port, "lo", isLegacy)
    {
    }

    /// <summary>Joins at an interface and a port.</summary>
    public Peer(int port, string interfaceName, bool isLegacy = false)
    {
        _port = port;
        NetworkInterface network = NetworkInterface.GetAllNetworkInterfaces().Single(one => one.Name == interfaceName);
        int index = network.GetIPProperties().GetIPv4Properties().Index;
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(IPAddress.Any, isLegacy ? 0 : _port));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(s_group, index));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(index));
    }

    public void Send(ReadOnlySpan<byte> message) => _socket.SendTo(message, SocketFlags.None, new IPEndPoint(s_group, _port));

    /// <summary>Sends to one alone.</summary>
    public void SendTo(IPAddress address, ReadOnlySpan<byte> message) =>
        _socket.SendTo(message, SocketFlags.None, new IPEndPoint(address, _port));

    public void Query(DnsQuestion question, params DnsRecord[] known)
    {
        DnsMessageWriter writer = new(8000);
        writer.TryWrite(question);
        foreach (DnsRecord record in known) writer.TryWrite(DnsSection.Answer, record);
        Send(writer.Finish(0, DnsFlags.MulticastQuery).Span);
    }

    public void Probe(params DnsRecord[] records)
    {
        DnsMessageWriter writer = new(8000);
        writer.TryWrite(new DnsQuestion(records[0].Name, DnsRecordType.Any));
        foreach (DnsRecord record in records) writer.TryWrite(DnsSection.Authority, record);
        Send(writer.Finish(0, DnsFlags.MulticastQuery).Span);
    }

    public void Announce(params DnsRecord[] records)
    {
        DnsMessageWriter writer = new(8000);
        foreach (DnsRecord record in records) writer.TryWrite(DnsSection.Answer, record);
        Send(writer.Finish(0, DnsFlags.MulticastResponse).Span);
    }

    /// <summary>The next message that a condition holds for.</summary>
    public async Task<DnsMessage> HearAsync(Func<DnsMessage, bool> condition, string what, TimeSpan? within = null) =>
        await HearOrNotAsync(condition, within ?? TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"Waited in vain for {what}.");

    /// <summary>The same within a time, or null.</summary>
    public async Task<DnsMessage?> HearOrNotAsync(Func<DnsMessage, bool> condition, TimeSpan within)
    {
        using CancellationTokenSource patience = new(within);
        try
        {
            while (true)
            {
                int length = await _socket.ReceiveAsync(_buffer.AsMemory(), SocketFlags.None, patience.Token);
                if (DnsMessage.TryRead(_buffer.AsSpan(0, length), out DnsMessage? message, out _) && condition(message)) return message;
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();
}
