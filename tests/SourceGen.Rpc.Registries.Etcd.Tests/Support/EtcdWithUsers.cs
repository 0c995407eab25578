using SourceGen.Rpc.Registries.Etcd.Layouts;

namespace SourceGen.Rpc.Registries.Etcd.Tests.Support;

/// <summary>An etcd with the users root, writer and reader, whose password is "secret".</summary>
public sealed class EtcdWithUsers : IAsyncLifetime
{
    internal EtcdServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await EtcdServer.StartAsync("--auth-token-ttl", "1");
        string key = EtcdServer.Base64(DefaultLayout.DefaultPrefix);
        string end = EtcdServer.Base64(DefaultLayout.DefaultPrefix + "0");
        foreach ((string user, string permission) in new[] { ("root", "READWRITE"), ("writer", "READWRITE"), ("reader", "READ") })
        {
            await Server.PostAsync("/v3/auth/user/add", $$"""{"name":"{{user}}","password":"secret"}""");
            await Server.PostAsync("/v3/auth/role/add", $$"""{"name":"{{user}}"}""");
            await Server.PostAsync(
                "/v3/auth/role/grant",
                $$$"""{"name":"{{{user}}}","perm":{"permType":"{{{permission}}}","key":"{{{key}}}","range_end":"{{{end}}}"}}""");
            await Server.PostAsync("/v3/auth/user/grant", $$"""{"user":"{{user}}","role":"{{user}}"}""");
        }

        await Server.PostAsync("/v3/auth/enable", "{}");
    }

    public async Task DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }

    internal EtcdRegistry Create(string user, string prefix = "") =>
        new(EtcdRegistryOptions.Parse(RpcAddress.Parse($"etcd://{user}{Server.Endpoint}{prefix}")));
}
