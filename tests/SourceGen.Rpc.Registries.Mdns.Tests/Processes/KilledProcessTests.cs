using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Processes;

/// <summary>A process that is killed says no goodbye; its records end by themselves.</summary>
public sealed class KilledProcessTests
{
    /// <summary>Two servers come up and are called before one is killed, on a machine that may be busy.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task AProcessThatIsKilledIsForgottenAndNoLongerCalled()
    {
        Network network = new();
        await using MdnsRegistry registry = network.Create();
        await using ServiceDirectory directory = new(registry);
        await using RpcClient client = RpcClient.Create(new RpcClientOptions { Directory = directory });
        await using WatchRecorder watch = new(registry, NameOf<ISuiteService>(), s_patience);
        await using ServerProcess killed = await SuiteServer.StartAsync(network, 1);
        await using ServerProcess living = await SuiteServer.StartAsync(network, 2);
        await watch.UntilAsync(static one => NodesOf(one.Records) is ["server-1", "server-2"], "both servers");
        ISuiteService service = client.Get<ISuiteService>();
        await CallUntilAsync(service, [1, 2]);
        int before = watch.Events.Length;

        await killed.KillAsync();

        await watch.UntilAsync(static one => NodesOf(one.Records) is ["server-2"], "the end of the one that was killed");
        RegistryEvent end = Assert.Single(watch.Events.Skip(before));
        Assert.Equal((RegistryEventKind.Delete, "server-1"), (end.Kind, NodesOf(end.Records).Single()));
        Assert.Equal(["server-2"], NodesOf(await registry.GetServiceAsync(NameOf<ISuiteService>())));
        await UntilAsync(() => directory.TryGet(NameOf<ISuiteService>(), out ServiceSnapshot? known) && known.Instances.Length == 1);
        for (int i = 0; i < 10; i++) Assert.Equal(2, await service.WhoAsync());

        // Who comes later does not hear of it, either.
        await using MdnsRegistry late = network.Create();
        Assert.Equal(["server-2"], NodesOf(await late.GetServiceAsync(NameOf<ISuiteService>())));
        watch.AssertConsistent();
    }

    private static string[] NodesOf(IEnumerable<ServiceRecord> records) =>
        [.. records.SelectMany(static record => record.Nodes).Select(static node => node.Id).Order(StringComparer.Ordinal)];

    private static string NameOf<TService>()
        where TService : class, CompilerServices.IRpcContract<TService> => TService.Contract.Name;

    private static async Task CallUntilAsync(ISuiteService service, HashSet<int> missing)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (missing.Count > 0) missing.Remove(await service.WhoAsync(patience.Token));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (!condition()) await Task.Delay(10, patience.Token);
    }
}
