using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>A server with an <see cref="ILab"/>, and clients of it.</summary>
internal sealed class LabHost : IAsyncDisposable
{
    private readonly ConcurrentBag<RpcClient> _clients = [];

    private LabHost(RpcServer server) => Server = server;

    public RpcServer Server { get; }

    public Lab Lab { get; private init; } = null!;

    public TestLog Log { get; private init; } = null!;

    public string Address => Server.Addresses[0].ToString();

    /// <summary>Who counts the server's connections.</summary>
    public ConnectionAdmission Admission => Server.Admission;

    /// <summary>The connections that the server has not released.</summary>
    public ICollection<RpcConnection> Connections => ConnectionsOf(Server).Keys;

    public static async Task<LabHost> StartAsync(
        string address = "tcp://127.0.0.1:0", Action<RpcServerOptions>? configure = null, Action<RpcServer>? add = null)
    {
        TestLog log = new();
        RpcServerOptions options = new RpcServerOptions { LoggerFactory = log, DrainTimeout = TimeSpan.FromMilliseconds(200), GoAwayGrace = TimeSpan.Zero }
            .Listen(address);
        configure?.Invoke(options);
        Lab lab = new();
        RpcServer server = new RpcServer(options).AddService<ILab>(lab);
        add?.Invoke(server);
        await server.StartAsync();
        return new LabHost(server) { Lab = lab, Log = log };
    }

    /// <summary>Options of a client whose calls have time even when the machine is busy.</summary>
    public static RpcClientOptions Patient(Action<RpcClientOptions>? configure = null)
    {
        RpcClientOptions options = new() { CallTimeout = Waiting.Limit, ConnectTimeout = Waiting.Limit };
        configure?.Invoke(options);
        return options;
    }

    public async Task<RpcClient> ConnectAsync(Action<RpcClientOptions>? configure = null)
    {
        RpcClient client = await RpcClient.ConnectAsync(Address, Patient(configure)).Soon();
        _clients.Add(client);
        return client;
    }

    public async Task<ILab> GetAsync(Action<RpcClientOptions>? configure = null) => (await ConnectAsync(configure)).Get<ILab>();

    /// <summary>Gets the server's end of a raw peer's connection, which begins a moment after the server has introduced itself.</summary>
    public async Task<RpcConnection> ConnectionOfAsync(RawPeer peer)
    {
        string address = $"tcp://{peer.Socket.LocalEndPoint}";
        RpcConnection? Find() => Connections.FirstOrDefault(connection => connection.RemoteAddress.ToString() == address);
        await Until.TrueAsync(() => Find() is not null, () => $"the server has no connection from {address}");
        return Find()!;
    }

    /// <summary>Fails unless a fresh client is served.</summary>
    public async Task AssertServesAsync()
    {
        await using RpcClient client = await RpcClient.ConnectAsync(Address, Patient()).Soon();
        Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());
    }

    /// <summary>Waits until the server holds no more connections than these.</summary>
    public Task AssertConnectionsAsync(int count) =>
        Until.TrueAsync(() => Connections.Count == count, () => $"{Connections.Count} connections, not {count}");

    public async ValueTask DisposeAsync()
    {
        foreach (RpcClient client in _clients) await client.DisposeAsync().Soon();
        await Server.DisposeAsync().Soon();
        await AssertConnectionsAsync(0);
    }

    /// <summary>The connection that a client has at this moment.</summary>
    public static RpcConnection ConnectionOf(RpcClient client) => client.Channel.Current!;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connections")]
    internal static extern ref ConcurrentDictionary<RpcConnection, byte> ConnectionsOf(RpcServer server);
}
