using System.Net;
using System.Net.Sockets;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>Stands between one client and a server, passes everything on, and keeps a copy.</summary>
internal sealed class Tap : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _passing;

    public Tap(string server)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _passing = PassAsync(RawPeer.EndPointOf(server));
    }

    /// <summary>Where the client connects to.</summary>
    public string Address => $"tcp://{_listener.LocalEndPoint}";

    /// <summary>What the client sent.</summary>
    public MemoryStream FromClient { get; } = new();

    /// <summary>What the server sent.</summary>
    public MemoryStream FromServer { get; } = new();

    /// <summary>Completes when both sides have closed.</summary>
    public Task Ended => _passing.Soon();

    public void Dispose() => _listener.Dispose();

    private async Task PassAsync(IPEndPoint server)
    {
        using Socket client = await _listener.AcceptAsync();
        using Socket onward = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await onward.ConnectAsync(server);
        await Task.WhenAll(CopyAsync(client, onward, FromClient), CopyAsync(onward, client, FromServer));
    }

    private static async Task CopyAsync(Socket from, Socket to, MemoryStream copy)
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                copy.Write(buffer, 0, count);
                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Whoever resets its connection has ended it.
        }
    }
}
