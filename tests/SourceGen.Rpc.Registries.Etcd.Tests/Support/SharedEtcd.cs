namespace SourceGen.Rpc.Registries.Etcd.Tests.Support;

/// <summary>An etcd that the tests of one class share.</summary>
public sealed class SharedEtcd : IAsyncLifetime
{
    internal EtcdServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await EtcdServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}
