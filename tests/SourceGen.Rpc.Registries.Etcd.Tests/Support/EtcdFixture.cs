using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Etcd.Tests.Support;

/// <summary>An etcd of one member for the suite.</summary>
public sealed class EtcdFixture : RegistryFixture
{
    private EtcdServer? _server;

    public override bool HasServer => true;

    /// <summary>etcd's own minimum, with its default election timeout.</summary>
    public override TimeSpan ShortestTimeToLive => TimeSpan.FromSeconds(2);

    public override async Task InitializeAsync() => _server = await EtcdServer.StartAsync();

    public override async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    public override IRegistry Create() => new EtcdRegistry(new EtcdRegistryOptions { Endpoints = { _server!.Endpoint } });

    public override IRegistry CreateUnreachable() =>
        new EtcdRegistry(new EtcdRegistryOptions { Endpoints = { $"127.0.0.1:{FreePorts.Take()}" }, Timeout = TimeSpan.FromSeconds(2) });

    public override Task KillServerAsync() => _server!.Process.KillAsync();

    public override Task RestartServerAsync() => _server!.Process.RestartAsync();
}
