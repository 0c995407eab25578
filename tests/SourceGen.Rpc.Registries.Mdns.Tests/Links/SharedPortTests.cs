using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Links;

/// <summary>The port of mDNS is everybody's, in whichever way they share it.</summary>
public sealed class SharedPortTests
{
    private const int LevelSocket = 1;

    [Theory]
    [InlineData(2)] // SO_REUSEADDR
    [InlineData(15)] // SO_REUSEPORT
    public void A_port_is_shared_with_others(int option)
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.SetRawSocketOption(LevelSocket, option, BitConverter.GetBytes(1));
        other.Bind(new IPEndPoint(IPAddress.Any, 0));
        using Socket ours = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        SharedPort.Bind(ours, other.LocalEndPoint!);

        Assert.Equal(other.LocalEndPoint, ours.LocalEndPoint);
    }

    [Fact]
    public void A_port_that_somebody_has_alone_is_not_shared()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Any, 0));
        using Socket ours = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        SocketException error = Assert.Throws<SocketException>(() => SharedPort.Bind(ours, other.LocalEndPoint!));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }
}
