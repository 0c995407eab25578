using System.Collections.Concurrent;

namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>A server with an <see cref="IProbe"/>, and a client of it, which offers one too.</summary>
internal sealed class Node : IProbe, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<string>>> _scripts = new();
    private readonly ConcurrentDictionary<string, Func<CancellationToken, IAsyncEnumerable<int>>> _streams = new();

    private Node(RpcServerOptions options) => Server = new RpcServer(options).AddService<IProbe>(this);

    public RpcServer Server { get; }

    public RpcClient Client { get; private set; } = null!;

    /// <summary>Calls this server.</summary>
    public IProbe Proxy { get; private set; } = null!;

    public TestLog Log { get; private init; } = null!;

    public string Address => Server.Addresses[0].ToString();

    public int Port => int.Parse(Address[(Address.LastIndexOf(':') + 1)..]);

    public static RpcClientOptions Patient => new() { CallTimeout = Waiting.Limit, ConnectTimeout = Waiting.Limit };

    public static async Task<Node> StartAsync(
        string address = "tcp://127.0.0.1:0",
        IProbe? callback = null,
        Action<RpcServerOptions>? configure = null,
        string? credential = null)
    {
        TestLog log = new();
        RpcServerOptions options = new() { LoggerFactory = log, DrainTimeout = TimeSpan.FromMilliseconds(200) };
        options.Listen(address);
        configure?.Invoke(options);
        Node node = new(options) { Log = log };
        await node.Server.StartAsync().Soon();
        RpcClientOptions client = Patient;
        if (credential is not null) client.Credentials = RpcCredentials.Bearer(credential);
        node.Client = RpcClient.Create(node.Address, client);
        if (callback is not null) node.Client.AddService(callback);
        node.Proxy = node.Client.Get<IProbe>();
        Assert.Equal(3, await node.Proxy.AddAsync(1, 2).Soon());
        return node;
    }

    public Node On(string what, Func<CancellationToken, ValueTask<string>> script)
    {
        _scripts[what] = script;
        return this;
    }

    public Node OnStream(string what, Func<CancellationToken, IAsyncEnumerable<int>> script)
    {
        _streams[what] = script;
        return this;
    }

    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask<string> RunAsync(string what, CancellationToken ct = default) => _scripts[what](ct);

    public ValueTask<string> AskAsync(string what, CancellationToken ct = default) => _scripts[what](ct);

    public ValueTask<string> RunBrieflyAsync(string what, CancellationToken ct = default) => _scripts[what](ct);

    public async Task DoAsync(string what) => await _scripts[what](CancellationToken.None);

    public async ValueTask TellAsync(string what) => await _scripts[what](CancellationToken.None);

    public IAsyncEnumerable<int> DownAsync(string what, CancellationToken ct = default) => _streams[what](ct);

    public async ValueTask<int> UpAsync(string what, IAsyncEnumerable<int> numbers, CancellationToken ct = default)
    {
        int sum = 0;
        await foreach (int number in numbers.WithCancellation(ct)) sum += number;
        if (_scripts.TryGetValue(what, out Func<CancellationToken, ValueTask<string>>? script)) await script(ct);
        return sum;
    }

    public async IAsyncEnumerable<int> BothAsync(
        string what,
        IAsyncEnumerable<int> numbers,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (int number in numbers.WithCancellation(ct)) yield return number * 2;
    }

    public ValueTask<Brittle> EchoAsync(Brittle value) => new(value);

    public async ValueTask DisposeAsync()
    {
        if (Client is not null) await Client.DisposeAsync().Soon();
        await Server.DisposeAsync().Soon();
    }
}
