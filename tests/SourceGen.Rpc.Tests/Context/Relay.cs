using System.Collections.Concurrent;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Context;

/// <summary>A server with an <see cref="IRelay"/> and a client of it.</summary>
internal sealed class Relay : IRelay, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<string>>> _scripts = new();
    private readonly RpcServer _server;

    private Relay(RpcServerOptions options) => _server = new RpcServer(options).AddService<IRelay>(this);

    public RpcClient Client { get; private set; } = null!;

    /// <summary>Calls this server.</summary>
    public IRelay Proxy { get; private set; } = null!;

    public TestLog Log { get; private init; } = null!;

    public string Address => _server.Addresses[0].ToString();

    public static async Task<Relay> StartAsync(
        string any = "tcp://127.0.0.1:0", Action<RpcServerOptions>? server = null, Action<RpcClientOptions>? client = null)
    {
        TestLog log = new();
        RpcServerOptions options = new RpcServerOptions { LoggerFactory = log, DrainTimeout = TimeSpan.FromMilliseconds(200) }.Listen(any);
        server?.Invoke(options);
        Relay relay = new(options) { Log = log };
        await relay._server.StartAsync();
        relay.Client = await RpcClient.ConnectAsync(relay.Address, LabHost.Patient(client)).Soon();
        relay.Proxy = relay.Client.Get<IRelay>();
        return relay;
    }

    public Relay On(string what, Func<CancellationToken, Task<string>> script)
    {
        _scripts[what] = script;
        return this;
    }

    public Relay On(string what, Func<Task<string>> script) => On(what, _ => script());

    public Task<string> RelayAsync(string what) => _scripts[what](CancellationToken.None);

    public Task<string> RelayCancellableAsync(string what, CancellationToken ct = default) => _scripts[what](ct);

    public Task<string> RelayPatientlyAsync(string what) => _scripts[what](CancellationToken.None);

    public async ValueTask TellAsync(string what) => await _scripts[what](CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().Soon();
        await _server.DisposeAsync().Soon();
    }
}
