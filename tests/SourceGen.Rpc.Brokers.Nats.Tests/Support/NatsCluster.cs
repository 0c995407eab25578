using System.Globalization;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Brokers.Nats.Tests.Support;

/// <summary>Real servers that are one cluster.</summary>
internal sealed class NatsCluster : IAsyncDisposable
{
    private readonly List<NatsServer> _servers = [];

    public NatsServer First => _servers[0];

    public NatsServer Second => _servers[1];

    /// <summary>Starts them, and waits until they know each other.</summary>
    /// <param name="count">How many.</param>
    /// <param name="hasJetStream">Whether they have JetStream; it needs three.</param>
    /// <param name="first">Lines of the first one's configuration.</param>
    public static async Task<NatsCluster> StartAsync(int count = 2, bool hasJetStream = false, string first = "")
    {
        int[] ports = [.. Enumerable.Range(0, count).Select(static _ => FreePorts.Take())];
        NatsCluster cluster = new();
        try
        {
            for (int i = 0; i < count; i++)
            {
                string routes = string.Join(", ", ports.Where((_, other) => other != i).Select(static port => $"\"nats://127.0.0.1:{port}\""));
                string configuration = string.Create(CultureInfo.InvariantCulture, $$"""
                    server_name: "n{{i}}"
                    lame_duck_grace_period: "3s"
                    lame_duck_duration: "30s"
                    cluster { name: "several", listen: "127.0.0.1:{{ports[i]}}", routes: [{{routes}}] }

                    """);
                cluster._servers.Add(await NatsServer.StartAsync(hasJetStream, i == 0 ? configuration + first : configuration));
            }

            // Each has a route to another one then, and those tell of the rest.
            await Wait.UntilAsync(() => cluster._servers.All(static server => server.Output.Contains("Route connection created", StringComparison.Ordinal)), "they know each other");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NatsServer server in _servers) await server.DisposeAsync();
    }
}
