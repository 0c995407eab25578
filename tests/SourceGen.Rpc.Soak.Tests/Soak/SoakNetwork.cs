using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SourceGen.Rpc.Soak.Tests.Counting;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Soak.Tests.Soak;

/// <summary>A server and three clients of it, over TCP, TLS and memory, each of which serves as well.</summary>
internal sealed class SoakNetwork : IAsyncDisposable
{
    private readonly RpcServer _server;
    private readonly X509Certificate2 _certificate;
    private readonly List<(RpcClient Client, RpcConnection Connection)> _clients = [];

    private SoakNetwork(RpcServer server, X509Certificate2 certificate)
    {
        _server = server;
        _certificate = certificate;
    }

    /// <summary>Handlers of all services.</summary>
    public Attendance Handlers { get; private init; } = null!;

    public SoakLog Log { get; private init; } = null!;

    /// <summary>The implementations, the server's first.</summary>
    public List<SoakService> Services { get; } = [];

    /// <summary>The services of the server as its clients see it.</summary>
    public List<ISoak> Down { get; } = [];

    /// <summary>The services of the clients as the server sees them.</summary>
    public List<ISoak> Up { get; } = [];

    /// <summary>Both ends of every connection.</summary>
    public IEnumerable<RpcConnection> Ends => _clients.Select(static one => one.Connection).Concat(Leftovers.ConnectionsOf(_server));

    /// <summary>What is left at both ends of all connections; empty at rest.</summary>
    public string Left => string.Join("; ", Ends.Select(static end => (end.RemoteAddress, Left: Leftovers.Of(end)))
        .Where(static end => end.Left.Length > 0).Select(static end => $"{end.RemoteAddress}: {end.Left}"));

    public static async Task<SoakNetwork> StartAsync()
    {
        SoakLog log = new();
        Attendance handlers = new();
        X509Certificate2 certificate = CreateCertificate();
        RpcServerOptions options = new() { LoggerFactory = log, CallTimeout = TimeSpan.FromMinutes(2) };
        options.Listen("tcp://127.0.0.1:0").Listen("tls://127.0.0.1:0").Listen("memory://").UseTls(certificate);
        options.Limits.MaxConcurrentCalls = 20_000;
        SoakNetwork network = new(new RpcServer(options), certificate) { Handlers = handlers, Log = log };
        try
        {
            await network.ConnectAsync();
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }

        return network;
    }

    /// <summary>Fails unless every client still has the connection that it began with, and calls go through it both ways.</summary>
    public async Task AssertAnswersAsync()
    {
        foreach ((RpcClient client, RpcConnection connection) in _clients) Assert.Same(connection, Leftovers.ConnectionOf(client));
        foreach (ISoak service in Down.Concat(Up))
        {
            Done done = await service.CallAsync(new Job(1, Deed.Yield, 0, 0, 0), [7]).Soon();
            Assert.Equal((1, 7), (done.Number, done.Load[0]));
            List<int> numbers = [];
            await foreach (Item item in service.DownAsync(new Job(5, Deed.None, 0, 3, 0))) numbers.Add(item.Number);
            Assert.Equal([5, 6, 7], numbers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((RpcClient client, RpcConnection _) in _clients) await client.DisposeAsync().Soon();
        await _server.DisposeAsync().Soon();
        await Until.TrueAsync(() => Leftovers.ConnectionsOf(_server).Count == 0, () => "connections are left");
        _certificate.Dispose();
    }

    private async Task ConnectAsync()
    {
        SoakService service = new(Handlers);
        Services.Add(service);
        _server.AddService<ISoak>(service);
        await _server.StartAsync();
        foreach (RpcAddress address in _server.Addresses)
        {
            SoakService own = new(Handlers);
            RpcClientOptions options = new() { LoggerFactory = Log, CallTimeout = TimeSpan.FromMinutes(2) };
            options.Limits.MaxConcurrentCalls = 20_000;
            options.UseTls(tls => tls.ServerThumbprint = _certificate.GetCertHashString(HashAlgorithmName.SHA256)).AddService<ISoak>(own);
            RpcClient client = await RpcClient.ConnectAsync(address.ToString(), options).Soon();
            _clients.Add((client, Leftovers.ConnectionOf(client)!));
            Services.Add(own);
            Down.Add(client.Get<ISoak>());
        }

        await Until.TrueAsync(() => Leftovers.ConnectionsOf(_server).Count == _clients.Count, () => "the server has not seen all clients");
        Up.AddRange(Leftovers.ConnectionsOf(_server).Select(static connection => connection.Caller.Get<ISoak>()));
    }

    private static X509Certificate2 CreateCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=soak", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
