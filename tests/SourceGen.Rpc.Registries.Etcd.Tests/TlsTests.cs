using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>An etcd that takes encrypted connections alone, from clients with a certificate.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Certificates_of_both_sides_are_checked()
    {
        using TestCertificates files = new();
        await using EtcdServer server = await StartAsync(files);
        await using EtcdRegistry registry = Create(
            $"etcd://{server.Endpoint}?ca={files.Authority}&cert={files.ClientCertificate}&key={files.ClientKey}");
        await registry.RegisterAsync(Records.Of("Encrypted", "a"));
        await using WatchRecorder watch = new(registry, "Encrypted");
        await watch.UntilAsync([Records.Of("Encrypted", "a")]);

        // Without a certificate, without the authority, and without encryption.
        await FailsAsync($"etcd://{server.Endpoint}?ca={files.Authority}", server);
        await FailsAsync($"etcd://{server.Endpoint}?tls=true&cert={files.ClientCertificate}&key={files.ClientKey}", server);
        await FailsAsync($"etcd://{server.Endpoint}", server);
    }

    [Fact]
    public async Task Certificates_that_are_replaced_are_used_by_the_next_connection()
    {
        using TestCertificates files = new();
        await using EtcdServer server = await StartAsync(files);
        LogRecorder log = new();
        await using IRegistry registry = new EtcdRegistryProvider(log).Create(RpcAddress.Parse(
            $"etcd://{server.Endpoint}?ca={files.AuthorityOfClients}&cert={files.ClientCertificate}&key={files.ClientKey}&timeout=20"));
        await new CertificateRotation(registry, files.AuthorityOfClients, Renew, RestartAsync, () => log.Lines).AssertIsFollowedAsync();

        Task Renew()
        {
            files.Renew();
            return Task.CompletedTask;
        }

        async Task RestartAsync()
        {
            await server.Process.KillAsync();
            await server.Process.RestartAsync();
        }
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_named()
    {
        using TemporaryDirectory directory = new();
        string missing = directory["missing.pem"];
        string empty = directory["empty.pem"];
        File.WriteAllText(empty, "");

        Assert.Contains(missing, Assert.Throws<FormatException>(() => Create($"etcd://h?ca={missing}")).Message, StringComparison.Ordinal);
        Assert.Contains(empty, Assert.Throws<FormatException>(() => Create($"etcd://h?ca={empty}")).Message, StringComparison.Ordinal);
        Assert.Contains(empty, Assert.Throws<FormatException>(() => Create($"etcd://h?cert={empty}")).Message, StringComparison.Ordinal);
    }

    private static EtcdRegistry Create(string address) => (EtcdRegistry)new EtcdRegistryProvider().Create(RpcAddress.Parse(address));

    private static async Task FailsAsync(string address, EtcdServer server)
    {
        await using EtcdRegistry registry = Create(address);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Encrypted").AsTask());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(server.Endpoint, error.Message, StringComparison.Ordinal);
    }

    private static async Task<EtcdServer> StartAsync(TestCertificates files)
    {
        EtcdServer[] servers = await EtcdServer.StartClusterAsync(
            1,
            "https",
            ServerProcess.Listens,
            "--cert-file", files.ServerCertificate, "--key-file", files.ServerKey, "--trusted-ca-file", files.Authority, "--client-cert-auth");
        return servers[0];
    }
}
