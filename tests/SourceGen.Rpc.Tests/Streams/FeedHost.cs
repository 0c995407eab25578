using System.Collections.Concurrent;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>A server with an <see cref="IFeed"/>, and one client of it; when it ends, nothing of any stream may be left over.</summary>
internal sealed class FeedHost : IAsyncDisposable
{
    private readonly RpcServer _server;

    private FeedHost(RpcServer server) => _server = server;

    public Feed Feed { get; private init; } = null!;

    public RpcClient Client { get; private set; } = null!;

    public IFeed Calls { get; private set; } = null!;

    public TestLog Log { get; private init; } = null!;

    public string Address => _server.Addresses[0].ToString();

    /// <summary>The server's connections.</summary>
    public ICollection<RpcConnection> Connections => LabHost.ConnectionsOf(_server).Keys;

    /// <summary>The server's end of the client's connection.</summary>
    public RpcConnection ServerEnd => Connections.Single();

    /// <summary>The client's end.</summary>
    public RpcConnection ClientEnd => LabHost.ConnectionOf(Client);

    public static async Task<FeedHost> StartAsync(
        string address = "memory://", Action<RpcConnectionOptions>? both = null, Action<RpcConnectionOptions>? server = null)
    {
        TestLog log = new();
        RpcServerOptions options = new() { LoggerFactory = log, DrainTimeout = TimeSpan.FromMilliseconds(200) };
        options.Listen(address);
        both?.Invoke(options);
        server?.Invoke(options);
        Feed feed = new();
        RpcServer rpc = new RpcServer(options).AddService<IFeed>(feed);
        await rpc.StartAsync();
        FeedHost host = new(rpc) { Feed = feed, Log = log };
        host.Client = await RpcClient.ConnectAsync(host.Address, LabHost.Patient(both)).Soon();
        host.Calls = host.Client.Get<IFeed>();
        Assert.Equal(5, await host.Calls.AddAsync(2, 3).Soon());
        return host;
    }

    /// <summary>Gets the server's end of a raw peer's connection, which begins a moment after the server has introduced itself.</summary>
    public async Task<RpcConnection> EndOfAsync(RawPeer peer)
    {
        string address = $"tcp://{peer.Socket.LocalEndPoint}";
        RpcConnection? Find() => Connections.FirstOrDefault(connection => connection.RemoteAddress.ToString() == address);
        await Until.TrueAsync(() => Find() is not null, () => $"the server has no connection from {address}");
        return Find()!;
    }

    /// <summary>
    /// Waits until the client's connection is the only one, and no call, no stream, no producer and no credit is left on either side of it.
    /// </summary>
    public async Task AssertNothingLeftAsync()
    {
        await Until.TrueAsync(() => Connections.Count == 1, () => $"{Connections.Count} connections are open");
        foreach (RpcConnection end in (RpcConnection[])[ClientEnd, ServerEnd])
        {
            await Until.TrueAsync(
                () => Left(end) == (0, 0, 0, 0, 0, 0, 0, 0),
                () => $"the client has {Left(ClientEnd)}, the server {Left(ServerEnd)}");
        }

        Assert.Equal(5, await Calls.AddAsync(2, 3).Soon());
    }

    public async ValueTask DisposeAsync()
    {
        if (Client is not null) await Client.DisposeAsync().Soon();
        await _server.DisposeAsync().Soon();
        await Until.TrueAsync(() => Connections.Count == 0, () => $"{Connections.Count} connections are left");
    }

    /// <summary>Calls made, calls served, producers, streams of the four kinds, and what the windows hold.</summary>
    private static (int, int, int, int, int, int, long, long) Left(RpcConnection end)
    {
        ConnectionStreams streams = end.Streams;
        return (end.Calls.InFlight, end.Running.Count, streams.Open, streams.Uploads.Count, streams.Downloads.Count, streams.Inbound.Count,
            streams.Sending.Shares, streams.Receiving.Shares);
    }
}
