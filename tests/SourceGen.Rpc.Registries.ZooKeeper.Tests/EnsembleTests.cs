using System.Globalization;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Three servers, one of which is killed.</summary>
public sealed class EnsembleTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<ZooKeeperServer> _servers = [];

    public async Task InitializeAsync()
    {
        int[] clientPorts = [FreePorts.Take(), FreePorts.Take(), FreePorts.Take()];
        string[] lines =
        [
            .. Enumerable.Range(1, 3).Select(static number => string.Create(
                CultureInfo.InvariantCulture, $"server.{number}=127.0.0.1:{FreePorts.Take()}:{FreePorts.Take()}")),
        ];
        _servers.AddRange(await Task.WhenAll(clientPorts.Select((port, i) => ZooKeeperServer.StartAsync(port, i + 1, lines))));
        await WaitForLeaderAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (ZooKeeperServer server in _servers) await server.DisposeAsync();
    }

    [Fact]
    public async Task When_the_leader_is_killed_registrations_and_watches_go_on_at_the_others()
    {
        await using ZooKeeperRegistry registry = Open();
        await using ZooKeeperRegistry reader = Open();
        ServiceRecord record = Record("n1");
        await registry.RegisterAsync(record);
        await using WatchRecorder watch = new(reader, "Greeter", s_patience, resumes: true);
        await watch.UntilAsync([record]);
        await using RegistrationLoop loop = new(registry, record, RegisterOptions.Default, TimeSpan.FromMilliseconds(100));
        long session = registry.Session.SessionId;

        ZooKeeperServer leader = await WaitForLeaderAsync();
        await leader.KillAsync();
        // Waits, within its time, for the election.
        await reader.RegisterAsync(Record("n2"));
        await watch.UntilAsync(ServiceRecord.Merge([record, Record("n2")]));

        await leader.RestartAsync();
        ZooKeeperServer next = await WaitForLeaderAsync();
        Assert.NotSame(leader, next);
        await next.KillAsync();
        await reader.RegisterAsync(Record("n3"));
        await watch.UntilAsync(ServiceRecord.Merge([record, Record("n2"), Record("n3")]));
        Assert.Equal(session, registry.Session.SessionId);
        Assert.DoesNotContain(watch.Events, static change => change.Kind == RegistryEventKind.Delete);
        Assert.Empty(watch.Failures);
        watch.AssertConsistent();
    }

    private static ServiceRecord Record(string id) => new("Greeter", "1.0") { Nodes = [new ServiceNode(id, "tcp://10.0.0.1:5000")] };

    private ZooKeeperRegistry Open() =>
        ZooKeeperFixture.Open($"zookeeper://{string.Join(',', _servers.Select(static server => server.Address))}?timeout=15");

    /// <summary>Waits until all servers that run serve, so that one of three can be done without.</summary>
    private async Task<ZooKeeperServer> WaitForLeaderAsync()
    {
        using CancellationTokenSource patience = new(s_patience);
        while (true)
        {
            bool?[] leads = await Task.WhenAll(_servers.Select(server => server.IsLeaderAsync(patience.Token)));
            int leader = Array.IndexOf(leads, true);
            if (leader >= 0 && !leads.Contains(null)) return _servers[leader];
            await Task.Delay(50, patience.Token);
        }
    }
}
