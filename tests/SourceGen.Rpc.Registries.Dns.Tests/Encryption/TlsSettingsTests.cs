using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Encryption;

namespace SourceGen.Rpc.Registries.Dns.Tests.Encryption;

public sealed class TlsSettingsTests
{
    [Fact]
    public void Settings_are_read_from_an_address()
    {
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(RpcAddress.Parse(
            "dns://10.0.0.1,10.0.0.2:8853?tls=true&ca=/etc/ca.pem&cert=/etc/cert.pem&key=/etc/key.pem&servername=dns.example"));

        Assert.True(options.UseTls);
        Assert.Equal(("/etc/ca.pem", "dns.example"), (options.CertificateAuthorityPath, options.TlsServerName));
        Assert.Equal(("/etc/cert.pem", "/etc/key.pem"), (options.CertificatePath, options.CertificateKeyPath));
    }

    [Theory]
    [InlineData("dns://10.0.0.1", 53)]
    [InlineData("dns://10.0.0.1?tls=true", 853)]
    [InlineData("dns://10.0.0.1?ca=/etc/ca.pem", 853)]
    [InlineData("dns://10.0.0.1?cert=/etc/cert.pem", 853)]
    public void The_port_is_that_of_TLS_where_it_is_used(string address, int expected)
    {
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(RpcAddress.Parse(address));

        Assert.Equal(expected, DnsRegistryOptions.ParseServer(options.Servers[0], options.DefaultPort).Port);
        Assert.Equal(54, DnsRegistryOptions.ParseServer("10.0.0.1:54", options.DefaultPort).Port);
        Assert.All(
            Dns.Resolving.ResolverFile.ReadServers("/not/there", options.DefaultPort),
            server => Assert.Equal(expected, server.Port));
    }

    [Theory]
    [InlineData("key=/etc/key.pem", "CertificateKeyPath is given without CertificatePath")]
    [InlineData("servername=dns.example", "TlsServerName is given, and connections are not encrypted; set UseTls")]
    [InlineData("tls=true&servername=dns..example", "TlsServerName is 'dns..example', which is neither a host's name nor an address")]
    [InlineData("tls=true&servername=", "TlsServerName is '', which is neither")]
    [InlineData("tls=maybe", "tls=maybe; it must be true or false")]
    public void What_is_wrong_is_said(string parameters, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<FormatException>(() => DnsRegistryOptions.FromAddress(RpcAddress.Parse($"dns://10.0.0.1?{parameters}"))).Message);

    [Fact]
    public void Files_are_read_when_a_registry_is_created()
    {
        using TemporaryDirectory directory = new();
        string file = directory["ca.pem"];
        DnsRegistryOptions options = new() { CertificateAuthorityPath = file };
        Assert.Contains($"'{file}' cannot be used for TLS", Assert.Throws<ArgumentException>(() => new DnsRegistry(options)).Message);
        File.WriteAllText(file, "no certificate");
        Assert.Contains("it holds no certificate", Assert.Throws<ArgumentException>(() => new DnsRegistry(options)).Message);
        Assert.Null(TlsSettings.Load(new DnsRegistryOptions(), NullLogger.Instance));
    }

    [Fact]
    public void Files_may_be_replaced_while_a_registry_is_in_use()
    {
        using TestCertificates certificates = new();
        TlsSettings settings = TlsSettings.Load(
            new DnsRegistryOptions { CertificateAuthorityPath = certificates.Authority }, NullLogger.Instance)!;
        IPEndPoint server = new(IPAddress.Loopback, 853);
        string before = Trusted();

        certificates.Renew();

        Assert.NotEqual(before, Trusted());

        string Trusted() => Assert.Single(settings.For(server).CertificateChainPolicy!.CustomTrustStore).Thumbprint;
    }
}
