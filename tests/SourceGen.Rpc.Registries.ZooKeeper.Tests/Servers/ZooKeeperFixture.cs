using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>One real server for all tests of a class.</summary>
public class ZooKeeperFixture : RegistryFixture
{
    private ZooKeeperServer? _server;

    public override bool HasServer => true;

    /// <summary>Nodes go when their time has passed or their session is closed. The rest is for a busy machine.</summary>
    public override TimeSpan LeaseEndsWithin => TimeSpan.FromSeconds(15);

    /// <summary>What follows the server in the address of clients.</summary>
    protected virtual string Parameters => "";

    internal ZooKeeperServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public override async Task InitializeAsync() => _server = await ZooKeeperServer.StartAsync();

    public override async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    public override IRegistry Create() => Open();

    public override IRegistry CreateUnreachable() => Open($"zookeeper://127.0.0.1:{FreePorts.Take()}{Parameters}");

    /// <summary>Ends the session as its expiry does: the client learns of it when it connects again.</summary>
    public override Task StopRenewingAsync(IRegistry registrar) => ExpireAsync((ZooKeeperRegistry)registrar);

    public override Task KillServerAsync() => Server.KillAsync();

    public override Task RestartServerAsync() => Server.RestartAsync();

    /// <summary>A client of this server.</summary>
    /// <param name="parameters">What follows the address: <c>/path?layout=micro</c>.</param>
    /// <param name="loggers">Where it logs.</param>
    internal ZooKeeperRegistry OpenWith(string parameters, ILoggerFactory? loggers = null) =>
        Open($"zookeeper://{Server.Address}{parameters}", loggers);

    /// <summary>A client of this server that shows a user's name and password.</summary>
    /// <param name="user">Both, with an @ behind them; empty for none.</param>
    /// <param name="parameters">What follows the address.</param>
    internal ZooKeeperRegistry WithUser(string user, string parameters) => Open($"zookeeper://{user}{Server.Address}{parameters}");

    /// <summary>A client of this server.</summary>
    internal ZooKeeperRegistry Open() => OpenWith(Parameters);

    internal static ZooKeeperRegistry Open(string address, ILoggerFactory? loggers = null) =>
        (ZooKeeperRegistry)new ZooKeeperRegistryProvider(loggers).Create(RpcAddress.Parse(address));

    /// <summary>Closes a registry's session from another connection, which is what tests of expiry do everywhere.</summary>
    internal async Task ExpireAsync(ZooKeeperRegistry registry)
    {
        // Looked up once: when it has ended, the registry's own client begins another one, which is to live.
        (long session, byte[] password) = (registry.Session.SessionId, registry.Session.Password);
        for (int attempt = 1; !await RawClient.TryEndSessionAsync(Server.Port, session, password); attempt++)
        {
            // The registry's own client noticed, and was quicker to take its session back.
            Assert.True(attempt < 100, "The session is taken back again and again.");
        }
    }
}
