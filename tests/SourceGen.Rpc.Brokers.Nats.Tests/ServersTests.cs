using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Brokers.Nats.Tests;

public sealed class ServersTests
{
    private static readonly NatsEndpoint s_by = NatsEndpoint.Create(new RegistryEndpoint("nats.example.org", 4222));

    [Fact]
    public void What_a_cluster_announces_is_used_once_and_is_a_host()
    {
        NatsServers servers = Create("10.0.0.1");
        servers.Learn(
            Info("10.0.0.1:4222", "10.0.0.2:4222", "10.0.0.2:4222", "[::1]:5", "b.example.org", null, "", ":1", "a b:1", "x\ny:1", "10.0.0.3:99999"), s_by, isEncrypted: false);
        Assert.Equal(["10.0.0.2:4222", "[::1]:5", "b.example.org:4222"], Announced(servers));
        // Servers that may not say it say nothing.
        servers.Learn(Info(), s_by, isEncrypted: false);
        servers.Learn(new NatsServerInfo(), s_by, isEncrypted: false);
        Assert.Equal(3, servers.GetAnnounced().Count);
        servers.Learn(Info("10.0.0.9:1"), s_by, isEncrypted: false);
        Assert.Equal(["10.0.0.9:1"], Announced(servers));
        servers.Forget();
        Assert.Empty(servers.GetAnnounced());
    }

    [Fact]
    public void It_is_bounded()
    {
        NatsServers servers = Create("a");
        servers.Learn(Info([.. Enumerable.Range(1, 1_000).Select(static i => $"10.0.0.1:{i}")]), s_by, isEncrypted: false);
        Assert.Equal(NatsServers.MostAnnounced, servers.GetAnnounced().Count);
    }

    [Fact]
    public void It_can_be_turned_off()
    {
        NatsServers servers = Create("a", isUsed: false);
        servers.Learn(Info("10.0.0.2:4222"), s_by, isEncrypted: false);
        Assert.Empty(servers.GetAnnounced());
    }

    [Theory]
    [InlineData("nats.example.org", "10.0.0.2", true, "nats.example.org")]
    [InlineData("nats.example.org", "b.example.org", true, "b.example.org")]
    [InlineData("10.0.0.1", "10.0.0.2", false, "10.0.0.2")]
    public void What_is_announced_by_TLS_needs_it_and_addresses_are_certified_by_name(string by, string announced, bool isEncrypted, string name)
    {
        NatsServers servers = Create("a");
        servers.Learn(Info(announced + ":1"), NatsEndpoint.Create(new RegistryEndpoint(by, 1)), isEncrypted);
        Assert.Equal(new NatsEndpoint(new RegistryEndpoint(announced, 1), name, isEncrypted), Assert.Single(servers.GetAnnounced()));
    }

    private static NatsServers Create(string server, bool isUsed = true) =>
        new(new NatsBrokerOptions { Servers = [server], UseAnnouncedServers = isUsed }, "nats://a", NullLogger.Instance);

    private static NatsServerInfo Info(params string?[] urls) => new() { ConnectUrls = urls };

    private static IEnumerable<string> Announced(NatsServers servers) => servers.GetAnnounced().Select(static server => server.ToString()).Order(StringComparer.Ordinal);
}
