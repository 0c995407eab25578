using System.Buffers;
using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>One end of a TCP connection that says exactly what a test wants.</summary>
internal sealed class RawPeer(Socket socket) : IDisposable
{
    public Socket Socket => socket;

    public static async Task<RawPeer> ConnectAsync(string address)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPointOf(address)).Soon();
        return new RawPeer(socket);
    }

    /// <summary>Connects as a client, up to and including the handshake.</summary>
    public static async Task<RawPeer> IntroduceAsync(string address, HelloMessage? hello = null)
    {
        RawPeer peer = await ConnectAsync(address);
        await peer.SendAsync(RawFrames.Opening(hello ?? RawFrames.ClientHello()));
        HelloMessage server = await peer.ReadHelloAsync();
        Assert.Null(server.Error);
        return peer;
    }

    public static IPEndPoint EndPointOf(string address) => IPEndPoint.Parse(RpcAddress.Parse(address).Rest);

    /// <summary>Sends, unless the other side has closed already.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            for (int sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes.AsMemory(sent)).Soon();
        }
        catch (SocketException)
        {
            // Reset by the side that was offended by the first half.
        }
    }

    public async Task<HelloMessage> ReadHelloAsync()
    {
        Assert.Equal(Preamble.Bytes.ToArray(), await ReadAsync(Preamble.Size));
        (FrameHeader header, byte[] payload) = await ReadFrameAsync();
        Assert.Equal(FrameType.Hello, header.Type);
        return HelloMessage.Read(new ReadOnlySequence<byte>(payload));
    }

    public async Task<(FrameHeader Header, byte[] Payload)> ReadFrameAsync()
    {
        FrameHeader header = FrameHeader.Read(await ReadAsync(FrameHeader.Size));
        return (header, await ReadAsync((int)header.Length));
    }

    /// <summary>Everything until the other side closes or resets.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[65536];
        try
        {
            while (await socket.ReceiveAsync(buffer).Soon() is var count and > 0) all.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // A reset ends it as well.
        }

        return all.ToArray();
    }

    public void Dispose() => socket.Dispose();

    private async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int received = await socket.ReceiveAsync(bytes.AsMemory(read)).Soon();
            Assert.True(received > 0, $"the connection was closed after {read} of {count} bytes");
            read += received;
        }

        return bytes;
    }
}

/// <summary>A listener whose connections say exactly what a test wants.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RawServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public string Address => $"tcp://{_listener.LocalEndPoint}";

    /// <summary>What a server with an <see cref="ILab"/> says of itself.</summary>
    public static HelloMessage LabHello(int maxCalls = 100) => Handshake.CreateHello(new RpcClientOptions()) with
    {
        Agent = "raw",
        Codecs = ["msgpack"],
        MaxConcurrentCalls = maxCalls,
        Services = [new OfferedService("Tests.Lab", "", LabContract.Fingerprint, (ushort)LabContract.Methods.Count, 0)],
    };

    private static CompilerServices.RpcContract LabContract => ContractOf<ILab>();

    public static ushort MethodNumber(string name) => (ushort)LabContract.Methods.Single(method => method.Name == name).Index;

    public async Task<RawPeer> AcceptAsync() => new(await _listener.AcceptAsync().Soon());

    /// <summary>Accepts a client and exchanges hellos with it.</summary>
    public async Task<RawPeer> AcceptAndIntroduceAsync(HelloMessage? hello = null)
    {
        RawPeer peer = await AcceptAsync();
        await peer.ReadHelloAsync();
        await peer.SendAsync(RawFrames.Opening(hello ?? LabHello()));
        return peer;
    }

    public void Dispose() => _listener.Dispose();

    private static CompilerServices.RpcContract ContractOf<T>()
        where T : class, CompilerServices.IRpcContract<T> => T.Contract;
}
