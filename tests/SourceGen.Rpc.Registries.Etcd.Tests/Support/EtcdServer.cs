using System.Globalization;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Etcd.Tests.Support;

/// <summary>A real etcd on free ports of the loopback interface, alone or as a member of a cluster.</summary>
internal sealed class EtcdServer : IAsyncDisposable
{
    private static readonly HttpClient s_http = new(
        new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromSeconds(1) });

    private readonly TemporaryDirectory _directory;
    private readonly ServerProcess _process;

    private EtcdServer(TemporaryDirectory directory, ServerProcess process, int port)
    {
        _directory = directory;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public ServerProcess Process => _process;

    public static async Task<EtcdServer> StartAsync(params IEnumerable<string> arguments)
    {
        EtcdServer[] servers = await StartClusterAsync(1, "http", null, arguments);
        return servers[0];
    }

    /// <summary>Starts members that know each other, at once, since none answers before most of them run.</summary>
    public static async Task<EtcdServer[]> StartClusterAsync(
        int count, string scheme =
            "http", Func<int, Func<CancellationToken, Task<bool>>>? isReady = null, params IEnumerable<string> arguments)
    {
        (string Name, int Client, int Peer)[] members =
            [.. Enumerable.Range(0, count).Select(static i => ($"m{i}", FreePorts.Take(), FreePorts.Take()))];
        string cluster = string.Join(',', members.Select(static member => $"{member.Name}=http://127.0.0.1:{member.Peer}"));
        return await Task.WhenAll(members.Select(async member =>
        {
            TemporaryDirectory directory = new();
            string clientUrl = $"{scheme}://127.0.0.1:{member.Client}";
            string peerUrl = $"http://127.0.0.1:{member.Peer}";
            ServerStart start = new(
                "etcd",
                [
                    "--name", member.Name, "--data-dir", directory["data"],
                    "--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl,
                    "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl,
                    "--initial-cluster", cluster, "--initial-cluster-token", $"t{members[0].Peer}", "--logger", "zap",
                    .. arguments,
                ])
            {
                IsReady = isReady?.Invoke(member.Client) ?? (token => IsHealthyAsync(member.Client, token)),
            };
            try
            {
                return new EtcdServer(directory, await ServerProcess.StartAsync(start), member.Client);
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }));
    }

    /// <summary>Sends a request past the registry.</summary>
    public async Task<JsonElement> PostAsync(string path, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await s_http.PostAsync(new Uri($"http://{Endpoint}{path}"), content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path} {json}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public Task PutAsync(string key, string value, long lease = 0) =>
        PostAsync("/v3/kv/put", $$"""{"key":"{{Base64(key)}}","value":"{{Base64(value)}}","lease":"{{lease}}"}""");

    public Task DeleteAsync(string key) => PostAsync("/v3/kv/deleterange", $$"""{"key":"{{Base64(key)}}"}""");

    /// <summary>Gets what stands at a key; null for nothing.</summary>
    public async Task<(string Value, long Lease, long Revision)?> GetAsync(string key)
    {
        JsonElement answer = await PostAsync("/v3/kv/range", $$"""{"key":"{{Base64(key)}}"}""");
        if (!answer.TryGetProperty("kvs", out JsonElement items)) return null;
        JsonElement item = items[0];
        long lease = item.TryGetProperty("lease", out JsonElement number)
            ? long.Parse(number.GetString()!, CultureInfo.InvariantCulture)
            : 0;
        return (
            Encoding.UTF8.GetString(item.GetProperty("value").GetBytesFromBase64()),
            lease,
            long.Parse(item.GetProperty("mod_revision").GetString()!, CultureInfo.InvariantCulture));
    }

    public async Task<long> GrantAsync(int seconds)
    {
        JsonElement answer = await PostAsync("/v3/lease/grant", $$"""{"TTL":"{{seconds}}"}""");
        return long.Parse(answer.GetProperty("ID").GetString()!, CultureInfo.InvariantCulture);
    }

    public Task RevokeAsync(long lease) => PostAsync("/v3/lease/revoke", $$"""{"ID":"{{lease}}"}""");

    public async Task<int> CountLeasesAsync()
    {
        JsonElement answer = await PostAsync("/v3/lease/leases", "{}");
        return answer.TryGetProperty("leases", out JsonElement leases) ? leases.GetArrayLength() : 0;
    }

    /// <summary>Throws away the history up to now.</summary>
    public async Task CompactAsync()
    {
        JsonElement answer = await PostAsync("/v3/kv/range", $$"""{"key":"{{Base64("x")}}"}""");
        string revision = answer.GetProperty("header").GetProperty("revision").GetString()!;
        await PostAsync("/v3/kv/compaction", $$"""{"revision":"{{revision}}","physical":true}""");
    }

    /// <summary>Whether this member leads its cluster.</summary>
    public async Task<bool> IsLeaderAsync()
    {
        JsonElement answer = await PostAsync("/v3/maintenance/status", "{}");
        return answer.TryGetProperty("leader", out JsonElement leader)
            && leader.GetString() == answer.GetProperty("header").GetProperty("member_id").GetString();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<bool> IsHealthyAsync(int port, CancellationToken cancellationToken)
    {
        string health = await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"), cancellationToken);
        return health.Contains("\"true\"", StringComparison.Ordinal);
    }
}
