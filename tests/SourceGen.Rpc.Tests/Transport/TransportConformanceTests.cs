using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc.Tests.Transport;

public sealed class TcpIPv4Conformance : TransportConformance
{
    protected override string ChooseForMe => "tcp://127.0.0.1:0";

    protected override string Nobody => $"tcp://127.0.0.1:{FreePort.Of(IPAddress.Loopback)}";

    protected override ITransport Create(int backlog) =>
        new TcpTransport { Backlog = backlog, Settings = Settings };
}

public sealed class TcpIPv6Conformance : TransportConformance
{
    protected override string ChooseForMe => "tcp://[::1]:0";

    protected override string Nobody => $"tcp://[::1]:{FreePort.Of(IPAddress.IPv6Loopback)}";

    protected override ITransport Create(int backlog) =>
        new TcpTransport { Backlog = backlog, Settings = Settings };
}

/// <summary>As on a system without epoll.</summary>
public sealed class TcpConformanceWithoutTheLoop : TransportConformance
{
    protected override string ChooseForMe => "tcp://127.0.0.1:0";

    protected override string Nobody => $"tcp://127.0.0.1:{FreePort.Of(IPAddress.Loopback)}";

    protected override ITransport Create(int backlog) =>
        new TcpTransport { Backlog = backlog, Settings = Settings with { CreateWaiter = static socket => new AsyncWaiter(socket) } };
}

public sealed class UnixConformance : TransportConformance
{
    protected override string ChooseForMe => "unix://";

    protected override string Nobody => $"unix://{Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))}";

    protected override ITransport Create(int backlog) =>
        new UnixTransport { Backlog = backlog, Settings = Settings };
}

public sealed class MemoryConformance : TransportConformance
{
    private MemoryTransport? _transport;

    protected override string ChooseForMe => "memory://";

    protected override string Nobody => "memory://nobody";

    // One instance for a test: names are known to their instance only.
    protected override ITransport Create(int backlog) => _transport ??= new MemoryTransport { Backlog = backlog, Pool = Pool };
}

/// <summary>Finds ports at which nobody listens.</summary>
internal static class FreePort
{
    public static int Of(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
