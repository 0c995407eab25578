using System.Net;
using System.Net.Sockets;

namespace SourceGen.Rpc.Tests.Transport;

public sealed class AddressTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1", "the port is missing")]
    [InlineData("tcp://[::1]", "the port is missing")]
    [InlineData("tcp://:5000", "the host is missing")]
    [InlineData("tcp://::1:5000", "an IPv6 address stands in brackets")]
    [InlineData("tcp://[::x]:5000", "'[::x]' is not an IPv6 address in brackets")]
    [InlineData("tcp://a b:5000", "'a b' is not a host name or an IP address")]
    [InlineData("tcp://host:70000", "'70000' is not a port from 0 to 65535")]
    [InlineData("tcp://host:5000/x", "'5000/x' is not a port from 0 to 65535")]
    [InlineData("tcp://host:-1", "'' is not a port from 0 to 65535")]
    [InlineData("tcp://host:5-x", "'x' is not a port from 0 to 65535")]
    [InlineData("tcp://host:0-5", "a port range begins at 1 or higher")]
    [InlineData("tcp://host:6-5", "the first port of the range is greater than the last")]
    public async Task Tcp_BadAddress_IsQuotedWithWhatIsWrongAndTheRightForm(string address, string what)
    {
        var transport = new TcpTransport();
        foreach (Func<Task> use in (Func<Task>[])[() => Listen(transport, address), () => Connect(transport, address)])
        {
            FormatException error = await Assert.ThrowsAsync<FormatException>(use);
            Assert.StartsWith($"'{address}' is not a TCP address: {what}", error.Message, StringComparison.Ordinal);
            Assert.Contains("Write tcp://host:port", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tcp://*:5000", "'*' is for listening")]
    [InlineData("tcp://127.0.0.1:5000-5010", "a port range is for listening")]
    [InlineData("tcp://127.0.0.1:0", "port 0 is for listening")]
    public async Task Tcp_AddressForListeningOnly_IsNotForConnecting(string address, string what)
    {
        FormatException error = await Assert.ThrowsAsync<FormatException>(() => Connect(new TcpTransport(), address));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C02_APortRangeTakesTheNextFreePortAndIsRefusedWhenFull()
    {
        var transport = new TcpTransport();
        int first = FindFreeRange();
        RpcAddress range = RpcAddress.Parse($"tcp://127.0.0.1:{first}-{first + 1}");
        await using ITransportListener one = await transport.ListenAsync(range).Soon();
        await using ITransportListener two = await transport.ListenAsync(range).Soon();
        Assert.Equal($"tcp://127.0.0.1:{first}", one.LocalAddress.ToString());
        Assert.Equal($"tcp://127.0.0.1:{first + 1}", two.LocalAddress.ToString());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => transport.ListenAsync(range).Soon());
        Assert.Equal(RpcStatusCode.AlreadyExists, error.Code);
        Assert.StartsWith($"Cannot listen at {range}: every port of the range is in use.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://*:0", "127.0.0.1")]
    [InlineData("tcp://*:0", "[::1]")]
    [InlineData("tcp://[::]:0", "127.0.0.1")]
    [InlineData("tcp://0.0.0.0:0", "127.0.0.1")]
    [InlineData("tcp://localhost:0", "localhost")]
    public async Task Tcp_ListeningAtEveryAddress_IsReachedThroughEach(string listen, string host)
    {
        var transport = new TcpTransport();
        await using ITransportListener listener = await transport.ListenAsync(RpcAddress.Parse(listen)).Soon();
        string port = listener.LocalAddress.Rest[(listener.LocalAddress.Rest.LastIndexOf(':') + 1)..];
        await using ITransportConnection client = await transport.ConnectAsync(RpcAddress.Parse($"tcp://{host}:{port}")).Soon();
        await using ITransportConnection? server = await listener.AcceptAsync().Soon();
        // An IPv4 peer is shown as such, also by a socket for both address families.
        Assert.Equal(client.LocalAddress, server!.RemoteAddress);
    }

    [Fact]
    public async Task Tcp_AHostNamesAddressesAreTriedInOrder()
    {
        // localhost is ::1 and 127.0.0.1 on most machines; whichever comes first, the listener at the IPv4 address is found.
        var transport = new TcpTransport();
        await using ITransportListener listener = await transport.ListenAsync(RpcAddress.Parse("tcp://127.0.0.1:0")).Soon();
        string address = listener.LocalAddress.ToString().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using ITransportConnection client = await transport.ConnectAsync(RpcAddress.Parse(address)).Soon();
        Assert.Equal(address, client.RemoteAddress.ToString());
    }

    [Fact]
    public async Task Tcp_NobodyListens_SaysSoInOneSentenceAndAsksForTheServer()
    {
        int port = FreePort.Of(IPAddress.Loopback);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Connect(new TcpTransport(), $"tcp://127.0.0.1:{port}"));
        Assert.Equal($"Cannot connect to tcp://127.0.0.1:{port}: connection refused. Is the server running there?", error.Message);
    }

    [Fact]
    public async Task Tcp_AForeignAddress_CannotBeListenedAt()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Listen(new TcpTransport(), "tcp://192.0.2.1:0"));
        Assert.Equal(RpcStatusCode.FailedPrecondition, error.Code);
        Assert.Equal("Cannot listen at tcp://192.0.2.1:0: the address does not belong to this machine.", error.Message);
    }

    [Theory]
    [InlineData("unix://", "the path is missing")]
    [InlineData("unix://@", "the name after '@' is missing")]
    public async Task Unix_BadAddress_IsQuotedWithWhatIsWrongAndTheRightForm(string address, string what)
    {
        FormatException error = await Assert.ThrowsAsync<FormatException>(() => Connect(new UnixTransport(), address));
        Assert.StartsWith($"'{address}' is not a Unix domain address: {what}. Write unix:///", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unix_PathTooLong_NamesItsLengthAndTheLimit()
    {
        string address = "unix:///tmp/" + new string('x', 110);
        FormatException error = await Assert.ThrowsAsync<FormatException>(() => Listen(new UnixTransport(), address));
        Assert.Contains("the path has 115 bytes, and the system takes at most 107", error.Message, StringComparison.Ordinal);
        // The longest one works.
        string longest = Path.Combine(Path.GetTempPath(), new string('y', 107 - Path.GetTempPath().Length));
        await using ITransportListener listener = await new UnixTransport().ListenAsync(RpcAddress.Create("unix", longest)).Soon();
        Assert.True(File.Exists(longest));
    }

    [Fact]
    public async Task Unix_TheFileIsRemovedWithTheListener()
    {
        ITransportListener listener = await new UnixTransport().ListenAsync(RpcAddress.Parse("unix://")).Soon();
        Assert.True(File.Exists(listener.LocalAddress.Rest));
        await listener.DisposeAsync();
        Assert.False(File.Exists(listener.LocalAddress.Rest));
    }

    [Fact]
    public async Task Unix_TheFileOfADeadServerIsReplaced()
    {
        string path = Path.Combine(Path.GetTempPath(), $"rpc-{Guid.NewGuid():N}.sock");
        // A server that dies leaves its file: moving the file away while it closes has the same result.
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path + "1"));
            dead.Listen();
            File.Move(path + "1", path);
        }

        Assert.True(File.Exists(path));
        RpcAddress address = RpcAddress.Create("unix", path);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => new UnixTransport().ConnectAsync(address).Soon());
        Assert.Contains("connection refused. Is the server running there?", error.Message, StringComparison.Ordinal);
        await using ITransportListener listener = await new UnixTransport().ListenAsync(address).Soon();
        await using ITransportConnection client = await new UnixTransport().ConnectAsync(address).Soon();
    }

    [Fact]
    public async Task Unix_AFileThatIsNoSocketIsLeftAlone()
    {
        string path = Path.GetTempFileName();
        try
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => Listen(new UnixTransport(), $"unix://{path}"));
            Assert.Equal(RpcStatusCode.AlreadyExists, error.Code);
            Assert.Equal($"Cannot listen at unix://{path}: the path is a file that is not a socket. Choose another path.", error.Message);
            Assert.True(File.Exists(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Unix_AMissingDirectoryIsNamed()
    {
        string address = $"unix:///tmp/{Guid.NewGuid():N}/x.sock";
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Listen(new UnixTransport(), address));
        Assert.Equal($"Cannot listen at {address}: the directory does not exist. Create it first.", error.Message);
    }

    [Fact]
    public async Task Unix_ARelativePathBecomesAbsolute()
    {
        string name = $"rpc-{Guid.NewGuid():N}.sock";
        await using ITransportListener listener = await new UnixTransport().ListenAsync(RpcAddress.Parse($"unix://{name}")).Soon();
        Assert.Equal(Path.GetFullPath(name), listener.LocalAddress.Rest);
        await using ITransportConnection client = await new UnixTransport().ConnectAsync(RpcAddress.Parse($"unix://{name}")).Soon();
    }

    [Fact]
    public async Task Unix_AnAbstractNameHasNoFile()
    {
        RpcAddress address = RpcAddress.Create("unix", $"@rpc-{Guid.NewGuid():N}");
        var transport = new UnixTransport();
        await using ITransportListener listener = await transport.ListenAsync(address).Soon();
        Assert.Equal(address, listener.LocalAddress);
        Assert.False(File.Exists(address.Rest));
        await using ITransportConnection client = await transport.ConnectAsync(address).Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => transport.ListenAsync(address).Soon());
        Assert.Equal(RpcStatusCode.AlreadyExists, error.Code);
    }

    [Fact]
    public async Task Memory_NamesAreKnownToTheirInstanceOnly()
    {
        RpcAddress address = RpcAddress.Parse("memory://greeter");
        var one = new MemoryTransport();
        await using ITransportListener listener = await one.ListenAsync(address).Soon();
        await using ITransportListener other = await new MemoryTransport().ListenAsync(address).Soon();
        await Assert.ThrowsAsync<RpcException>(() => new MemoryTransport().ConnectAsync(address).Soon());
        FormatException error = await Assert.ThrowsAsync<FormatException>(() => Connect(one, "memory://"));
        Assert.Contains("the name is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_AConnectionThatWasNeverAcceptedIsResetWithItsListener()
    {
        var transport = new MemoryTransport();
        ITransportListener listener = await transport.ListenAsync(RpcAddress.Parse("memory://")).Soon();
        await using ITransportConnection client = await transport.ConnectAsync(listener.LocalAddress).Soon();
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(async () => await client.Input.ReadAsync().Soon());
    }

    [Fact]
    public void Registry_FindsTheTransportByScheme()
    {
        Assert.IsType<TcpTransport>(Registry().Get(RpcAddress.Parse("TCP://127.0.0.1:1")));
        Assert.IsType<UnixTransport>(Registry().Get(RpcAddress.Parse("unix:///x")));
        Assert.Same(MemoryTransport.Shared, Registry().Get(RpcAddress.Parse("memory://x")));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1", "the port is missing")]
    [InlineData("tcp://127.0.0.1:0", "port 0 is for listening")]
    [InlineData("unix://", "the path is missing")]
    public void Client_AnAddressThatCannotBeConnectedTo_IsFoundWhenTheClientIsCreated(string address, string what)
    {
        FormatException error = Assert.Throws<FormatException>(() => RpcClient.Create(address));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registry_UnknownScheme_NamesTheKnownOnes()
    {
        NotSupportedException error =
            Assert.Throws<NotSupportedException>(() => Registry().Get(RpcAddress.Parse("http://x")));
        Assert.Equal(
            "No transport serves 'http://x'. Known are inproc://, memory://, tcp://, unix://; add an ITransport whose Scheme is 'http' for others.",
            error.Message);
    }

    [Fact]
    public void Registry_TwoTransportsForOneScheme_AreRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new TransportRegistry([new TcpTransport(), new TcpTransport()]));
        Assert.Contains("Two transports serve the scheme 'tcp'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backlog_MustBePositive() => Assert.Throws<ArgumentOutOfRangeException>(() => new TcpTransport { Backlog = 0 });

    private static TransportRegistry Registry() => new(new RpcClientOptions().Transports);

    private static Task Listen(ITransport transport, string address) => transport.ListenAsync(RpcAddress.Parse(address)).Soon();

    private static Task Connect(ITransport transport, string address) => transport.ConnectAsync(RpcAddress.Parse(address)).Soon();

    /// <summary>Finds two ports in a row that are free.</summary>
    private static int FindFreeRange()
    {
        while (true)
        {
            int first = FreePort.Of(IPAddress.Loopback);
            using var next = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                next.Bind(new IPEndPoint(IPAddress.Loopback, first + 1));
                return first;
            }
            catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
            {
                // Taken, or beyond the last port: another one.
            }
        }
    }
}
