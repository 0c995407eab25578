using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Static;
using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>Some servers, and a client that finds them in a directory and calls each in turn.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly List<Node> _nodes = [];
    private ServiceDirectory? _directory;

    public RpcClient Client { get; private set; } = null!;

    public static async Task<Fleet> StartAsync(int count, Action<RpcClientOptions> configure)
    {
        Fleet fleet = new();
        for (int i = 0; i < count; i++) fleet._nodes.Add(await Node.StartAsync());
        StaticRegistryOptions list = new();
        foreach (Node node in fleet._nodes) list.Addresses.Add(node.Address);
        fleet._directory = new ServiceDirectory(new StaticRegistry(list));
        RpcClientOptions options = Node.Patient;
        options.Directory = fleet._directory;
        options.Selection.Balancer = static () => new RoundRobinBalancer();
        configure(options);
        fleet.Client = RpcClient.Create(options);
        await fleet.ReachAllAsync();
        return fleet;
    }

    /// <summary>A server whose connection is not open yet gets no calls.</summary>
    private async Task ReachAllAsync()
    {
        On("who", static (number, _) => new ValueTask<string>($"{number}"));
        IProbe proxy = Client.Get<IProbe>(new RpcCallOptions { Policy = RpcCallPolicy.Default });
        HashSet<string> reached = [];
        using CancellationTokenSource patience = new(Waiting.Limit);
        while (reached.Count < _nodes.Count) reached.Add(await proxy.RunAsync("who", patience.Token));
    }

    /// <summary>Lets every server do something, by its number.</summary>
    public void On(string what, Func<int, CancellationToken, ValueTask<string>> script)
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            int number = i;
            _nodes[i].On(what, stop => script(number, stop));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _directory!.DisposeAsync();
        foreach (Node node in _nodes) await node.DisposeAsync();
    }
}
