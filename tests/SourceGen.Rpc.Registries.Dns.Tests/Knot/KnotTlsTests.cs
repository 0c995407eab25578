using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Tests.Support;

namespace SourceGen.Rpc.Registries.Dns.Tests.Knot;

/// <summary>A real server by TLS, which a proxy before it speaks.</summary>
public sealed class KnotTlsTests : IAsyncLifetime
{
    private const string Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly TestCertificates _certificates = new();
    private KnotServer _server = null!;
    private TlsListener _proxy = null!;

    public async Task InitializeAsync()
    {
        _server = await KnotServer.StartAsync(("key.example", "hmac-sha256", Secret));
        _proxy = new TlsListener(_certificates, TlsListener.Before(_server.Port));
        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5000 a.example.", "add a 1 A 10.0.0.1");
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Services_of_any_size_are_read_and_followed_by_one_connection()
    {
        await _server.UpdateAsync(Enumerable.Range(0, 200).SelectMany(static i => new[]
        {
            $"add _rpc._tcp.many.shop 1 SRV 0 {i + 1} {5000 + i} node-{i}.many.example.",
            $"add node-{i}.many 1 A 10.0.{i / 100}.{i % 100}",
        }));
        await using DnsRegistry registry = Create();
        await using IAsyncEnumerator<RegistryEvent> events = registry.WatchAsync("greeter").GetAsyncEnumerator();
        Assert.Equal(["a.example:5000 tcp://10.0.0.1:5000 100"], TestRegistry.NodesOf((await events.NextAsync()).Records));

        Assert.Equal(200, (await registry.NodesAsync("many")).Length);
        await _server.UpdateAsync("add _rpc._tcp.greeter.shop 1 SRV 0 0 5001 a.example.");
        Assert.Equal(2, (await events.NextAsync()).Records[0].Nodes.Length);
        Assert.Equal(1, _proxy.Accepted);
    }

    [Fact]
    public async Task Questions_are_signed_there_too()
    {
        await using DnsRegistry right = Create(static options => (options.KeyName, options.KeySecret) = ("key.example", Secret));
        await using DnsRegistry wrong = Create(static options => (options.KeyName, options.KeySecret) = ("other.example", Secret));

        Assert.Single(await right.NodesAsync("greeter"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await wrong.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unauthenticated, error.Code);
        Assert.Contains("BADKEY", error.Message);
    }

    [Fact]
    public async Task A_server_that_was_restarted_is_asked_again()
    {
        await using DnsRegistry registry = Create();
        Assert.Single(await registry.NodesAsync("greeter"));

        await _server.KillAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await registry.GetServiceAsync("greeter"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        await _server.RestartAsync();
        Assert.Single(await registry.NodesAsync("greeter"));
    }

    private DnsRegistry Create(Action<DnsRegistryOptions>? configure = null) => TestRegistry.Create($"{_proxy.EndPoint}", options =>
    {
        options.CertificateAuthorityPath = _certificates.Authority;
        options.AttemptTimeout = TimeSpan.FromSeconds(10);
        options.Timeout = TimeSpan.FromSeconds(60);
        configure?.Invoke(options);
    });
}
