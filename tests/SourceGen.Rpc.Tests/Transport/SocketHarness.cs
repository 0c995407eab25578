using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>A connection of the project's on one side and a plain socket on the other, over TCP.</summary>
internal sealed class SocketHarness : IAsyncDisposable
{
    private SocketHarness(SocketConnection connection, Socket peer, SegmentPool pool, ManualTime time)
    {
        Connection = connection;
        Peer = peer;
        Pool = pool;
        Time = time;
    }

    public SocketConnection Connection { get; }

    public SocketInput Input => (SocketInput)Connection.Input;

    public Socket Peer { get; }

    public SegmentPool Pool { get; }

    public ManualTime Time { get; }

    public static SocketHarness Open(int? sendBufferSize = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Buffer sizes count from before the handshake, which agrees on the window.
        if (sendBufferSize is int size) listener.ReceiveBufferSize = size;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var pool = new SegmentPool(new PoisonPool());
        var time = new ManualTime();
        var settings = new SocketConnectionSettings { Pool = pool, Time = time, SendBufferSize = sendBufferSize };
        settings.ApplyTo(socket);
        socket.Connect(listener.LocalEndPoint!);
        Socket peer = listener.Accept();
        var connection = new SocketConnection(
            socket, TcpAddress.FromEndPoint(socket.LocalEndPoint), TcpAddress.FromEndPoint(socket.RemoteEndPoint), settings);
        return new SocketHarness(connection, peer, pool, time);
    }

    /// <summary>Sends from the peer, and returns when the data can be received.</summary>
    public void Arrive(byte[] data)
    {
        Peer.Send(data);
        Assert.True(Connection.Poll(30_000_000));
    }

    /// <summary>Closes the peer's side so that this side gets a reset.</summary>
    public void Reset()
    {
        Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        Peer.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await Connection.DisposeAsync().Soon();
        await Connection.SocketClosed.Soon();
        Connection.Input.Complete();
        Connection.Output.Complete();
        Assert.Equal(0, Pool.Outstanding);
    }
}
