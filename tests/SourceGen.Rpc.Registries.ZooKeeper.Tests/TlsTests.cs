using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>Encrypted connections to a real server, which asks clients for a certificate.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly int _securePort = FreePorts.Take();
    private ZooKeeperServer? _server;

    public async Task InitializeAsync()
    {
        await WriteAsync();
        _server = await ZooKeeperServer.StartAsync(
            $"secureClientPort={_securePort}",
            "secureClientPortAddress=127.0.0.1",
            "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
            $"ssl.keyStore.location={_directory["server.both.pem"]}",
            "ssl.keyStore.type=PEM",
            $"ssl.trustStore.location={_directory["ca.pem"]}",
            "ssl.trustStore.type=PEM",
            "ssl.clientAuth=need",
            "ssl.hostnameVerification=false");
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Both_sides_show_certificates_and_wrong_ones_are_refused()
    {
        ServiceRecord record = new("Greeter", "1.0") { Nodes = [new ServiceNode("n1", "tcp://10.0.0.1:5000")] };
        string files = $"ca={_directory["ca.pem"]}&cert={_directory["client.pem"]}&key={_directory["client.key"]}";
        await using ZooKeeperRegistry registry = Open(files);
        await registry.RegisterAsync(record);
        await using WatchRecorder watch = new(registry, "Greeter");
        await watch.UntilAsync([record]);

        await using ZooKeeperRegistry one = Open($"ca={_directory["ca.pem"]}&cert={_directory["client.both.pem"]}");
        RecordText.AssertEqual([record], await one.GetServiceAsync("Greeter"));

        // The server's certificate comes from an authority that is not trusted, or has another name.
        await FailsAsync($"ca={_directory["other-ca.pem"]}&cert={_directory["client.both.pem"]}");
        await FailsAsync($"ca={_directory["ca.pem"]}&cert={_directory["client.both.pem"]}&servername=zookeeper.example");
        // The client's comes from one that the server does not trust, or is missing.
        await FailsAsync($"ca={_directory["ca.pem"]}&cert={_directory["stranger.both.pem"]}&timeout=1");
        await FailsAsync($"ca={_directory["ca.pem"]}&timeout=1");
        // Encrypted at a port that is not.
        await using ZooKeeperRegistry plain = ZooKeeperFixture.Open($"zookeeper://{_server!.Address}?tls=true&timeout=1");
        Assert.Equal(
            RpcStatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => plain.GetServiceAsync("Greeter").AsTask())).Code);
    }

    [Fact]
    public async Task Certificates_that_are_replaced_are_used_by_the_next_connection()
    {
        LogRecorder log = new();
        await using ZooKeeperRegistry registry = Open(
            $"ca={_directory["client-ca.pem"]}&cert={_directory["client.pem"]}&key={_directory["client.key"]}&timeout=20", log);
        await new CertificateRotation(registry, _directory["client-ca.pem"], WriteAsync, RestartAsync, () => log.Lines).AssertIsFollowedAsync();

        async Task RestartAsync()
        {
            await _server!.KillAsync();
            await _server.RestartAsync();
        }
    }

    private static X509Certificate2 CreateAuthority(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(name, out IPAddress? address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Writes certificates of new authorities, in the place of those that are there.</summary>
    private async Task WriteAsync()
    {
        using X509Certificate2 authority = CreateAuthority("Test authority");
        using X509Certificate2 stranger = CreateAuthority("Another authority");
        await File.WriteAllTextAsync(_directory["ca.pem"], authority.ExportCertificatePem());
        // For a client whose file is broken, which the server must not read.
        await File.WriteAllTextAsync(_directory["client-ca.pem"], authority.ExportCertificatePem());
        await File.WriteAllTextAsync(_directory["other-ca.pem"], stranger.ExportCertificatePem());
        await WriteAsync("server", Issue(authority, "127.0.0.1"));
        await WriteAsync("client", Issue(authority, "client"));
        await WriteAsync("stranger", Issue(stranger, "client"));
    }

    private async Task WriteAsync(string name, (string Certificate, string Key) pair)
    {
        await File.WriteAllTextAsync(_directory[$"{name}.pem"], pair.Certificate);
        await File.WriteAllTextAsync(_directory[$"{name}.key"], pair.Key);
        await File.WriteAllTextAsync(_directory[$"{name}.both.pem"], $"{pair.Key}\n{pair.Certificate}\n");
    }

    private ZooKeeperRegistry Open(string parameters, ILoggerFactory? loggers = null) =>
        ZooKeeperFixture.Open($"zookeeper://127.0.0.1:{_securePort}?tls=true&{parameters}", loggers);

    private async Task FailsAsync(string parameters)
    {
        await using ZooKeeperRegistry registry = Open(parameters);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.GetServiceAsync("Greeter").AsTask());
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Contains(registry.Address, error.Message, StringComparison.Ordinal);
    }
}
