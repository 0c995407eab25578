namespace SourceGen.Rpc.Discovery.Tests.Support;

/// <summary>Servers and a client in this process that find each other in a scripted registry.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly Dictionary<string, RpcServer> _servers = [];

    public Fleet(Action<RpcClientOptions>? configure = null)
    {
        Directory = new ServiceDirectory(Registry);
        RpcClientOptions options = new() { Directory = Directory, ReconnectDelay = TimeSpan.FromMilliseconds(5) };
        configure?.Invoke(options);
        Client = RpcClient.Create(options);
    }

    public ScriptedRegistry Registry { get; } = new();

    public ServiceDirectory Directory { get; }

    public RpcClient Client { get; }

    public Dictionary<string, Ping> Services { get; } = [];

    public RpcServer ServerOf(string name) => _servers[name];

    public async Task<RpcServer> StartAsync(string name, Action<RpcServerOptions>? configure = null)
    {
        RpcServerOptions options = new();
        options.Listen("tcp://127.0.0.1:0");
        options.Registration.Registry = Registry;
        options.Registration.InstanceId = name;
        options.DrainTimeout = TimeSpan.FromSeconds(5);
        configure?.Invoke(options);
        Ping service = Services[name] = new Ping(name);
        RpcServer server = new RpcServer(options).AddService<IPing>(service);
        await server.StartAsync();
        _servers[name] = server;
        await Eventually.Is(
            () => Registry.Records.Any(record => record.Nodes.Any(node => node.Id == name)) || !Registry.CanRegister, $"{name} is registered");
        return server;
    }

    /// <summary>Waits until calls reach exactly these.</summary>
    public async Task ReachesAsync(params string[] names)
    {
        IPing ping = Client.Get<IPing>();
        long start = Environment.TickCount64;
        while (true)
        {
            HashSet<string> seen = [];
            for (int i = 0; i < names.Length * 2; i++) seen.Add(await ping.WhoAsync());
            if (seen.SetEquals(names)) return;
            Assert.True(Environment.TickCount64 - start < 20_000, $"Calls reach {string.Join(", ", seen)}");
            await Task.Delay(5);
        }
    }

    /// <summary>
    /// Ends a server that waits for nobody: its calls are lost. It does leave the registry, as no process that is killed would.
    /// </summary>
    public async Task KillAsync(string name) => await _servers[name].StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        foreach (Ping service in Services.Values) service.Gate.TrySetResult();
        await Client.DisposeAsync();
        foreach (RpcServer server in _servers.Values) await server.DisposeAsync();
        await Directory.DisposeAsync();
    }
}
