using System.Globalization;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Consul.Tests.Support;

/// <summary>A real Consul agent on free ports of the loopback interface: a server that keeps all in memory, or a client of one.</summary>
internal sealed class ConsulAgent : IAsyncDisposable
{
    private static readonly HttpClient s_http = new(
        new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromSeconds(1) });

    private readonly TemporaryDirectory _directory;
    private readonly int _gossipPort;

    private ConsulAgent(TemporaryDirectory directory, ServerProcess process, int port, int gossipPort)
    {
        _directory = directory;
        Process = process;
        Port = port;
        _gossipPort = gossipPort;
    }

    public int Port { get; }

    public ServerProcess Process { get; }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server.</summary>
    /// <param name="configuration">More of its configuration, as JSON.</param>
    /// <param name="isReady">Whether it answers; null for whether it has a leader.</param>
    /// <param name="token">The token that asking so needs.</param>
    public static Task<ConsulAgent> StartAsync(
        string configuration = "{}", Func<int, Func<CancellationToken, Task<bool>>>? isReady = null, string? token = null) =>
        StartAsync(
            configuration, isReady ?? (port => cancellation => HasLeaderAsync(port, token, cancellation)), "-dev", "-node", "server");

    /// <summary>Starts an agent that is a client of this one.</summary>
    public Task<ConsulAgent> StartClientAsync(string name) => StartAsync(
        "{}",
        static port => cancellation => HasLeaderAsync(port, null, cancellation),
        "-data-dir", "data", "-node", name, "-disable-host-node-id", "-retry-join", $"127.0.0.1:{_gossipPort}");

    /// <summary>Sends a request past the registry.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json = null, string? token = null)
    {
        using HttpRequestMessage request = new(method, new Uri($"http://{Endpoint}{path}"));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (token is not null) request.Headers.Add("X-Consul-Token", token);
        using HttpResponseMessage response = await s_http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path} {json}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The ids of the services that this agent has.</summary>
    public async Task<string[]> GetIdsAsync() =>
        [.. (await SendAsync(HttpMethod.Get, "/v1/agent/services")).EnumerateObject().Select(static service => service.Name).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _directory.Dispose();
    }

    private static async Task<ConsulAgent> StartAsync(
        string configuration, Func<int, Func<CancellationToken, Task<bool>>> isReady, params IEnumerable<string> arguments)
    {
        TemporaryDirectory directory = new();
        int http = FreePorts.Take();
        int gossip = FreePorts.Take();
        string file = directory["more.json"];
        await File.WriteAllTextAsync(file, configuration);
        string ports = string.Create(
            CultureInfo.InvariantCulture,
            $$"""ports { http = {{http}} dns = -1 grpc = -1 server = {{FreePorts.Take()}} serf_lan = {{gossip}} serf_wan = -1 }""");
        ServerStart start = new(
            ConsulBinary.Path!,
            [
                "agent", "-bind", "127.0.0.1", "-client", "127.0.0.1", "-hcl", ports, "-hcl", "leave_on_terminate = false",
                "-config-file", file, .. arguments,
            ])
        {
            WorkingDirectory = directory.Path,
            IsReady = isReady(http),
        };
        try
        {
            return new ConsulAgent(directory, await ServerProcess.StartAsync(start), http, gossip);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static async Task<bool> HasLeaderAsync(int port, string? token, CancellationToken cancellationToken)
    {
        string leader = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/v1/status/leader"), cancellationToken);
        if (leader.Length <= 2) return false;
        // A server knows its own node last of all, and no service is passing without it.
        string nodes = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/v1/catalog/nodes?token={token}"), cancellationToken);
        return nodes.Contains("\"Address\"", StringComparison.Ordinal);
    }
}
