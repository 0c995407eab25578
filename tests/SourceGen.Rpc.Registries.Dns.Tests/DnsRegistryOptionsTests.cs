using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Dns.Tests;

public sealed class DnsRegistryOptionsTests
{
    [Fact]
    public void Every_parameter_of_an_address_is_read()
    {
        DnsRegistryOptions options = DnsRegistryOptions.FromAddress(RpcAddress.Parse(
            "dns://10.0.0.10:5353,10.0.0.11,[fd00::1]:54/cluster.test?name={service}.{zone}&namespace=shop&plain=true&port=7000"
            + "&scheme=tls&family=ipv6&priorities=all&txt=false&timeout=2.5&attempt=0.5&attempts=3&min-refresh=2&max-refresh=60"));

        Assert.Equal(["10.0.0.10:5353", "10.0.0.11", "[fd00::1]:54"], options.Servers);
        Assert.Equal(
            ("cluster.test", "{service}.{zone}", "shop", true),
            (options.Zone, options.Name, options.Namespace, options.UsesPlainServiceNames));
        Assert.Equal(
            (7000, "tls", DnsAddressFamily.IPv6, true, false),
            (options.Port, options.Scheme, options.AddressFamily, options.IncludesAllPriorities, options.ReadsText));
        Assert.Equal((2.5, 0.5, 3), (options.Timeout.TotalSeconds, options.AttemptTimeout.TotalSeconds, options.Attempts));
        Assert.Equal((2.0, 60.0), (options.MinRefresh.TotalSeconds, options.MaxRefresh.TotalSeconds));
    }

    [Theory]
    [InlineData("dns://localhost", "'localhost' is not an IP address")]
    [InlineData("dns://10.0.0.1:0", "is not a host with a port")]
    [InlineData("dns://user@10.0.0.1", "DNS knows none")]
    [InlineData("dns://10.0.0.1/a..b", "a label is empty")]
    [InlineData("dns://10.0.0.1?name=_rpc._tcp.greeter", "must contain {service}")]
    [InlineData("dns://10.0.0.1?name={service}.{host}", "it can contain {service}, {namespace} and {zone}")]
    [InlineData("dns://10.0.0.1?port=70000", "Port is 70000")]
    [InlineData("dns://10.0.0.1?port=x", "port=x; it must be a number")]
    [InlineData("dns://10.0.0.1?scheme=1", "Scheme is '1'")]
    [InlineData("dns://10.0.0.1?family=both", "one of any, ipv4, ipv6")]
    [InlineData("dns://10.0.0.1?priorities=some", "one of lowest, all")]
    [InlineData("dns://10.0.0.1?attempts=11", "Attempts is 11; it must be from 1 to 10")]
    [InlineData("dns://10.0.0.1?min-refresh=40", "MaxRefresh is 00:00:30, which is less than MinRefresh")]
    [InlineData("dns://10.0.0.1?tll=1", "has the parameter 'tll'")]
    public void What_is_wrong_with_an_address_is_said(string address, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => DnsRegistryOptions.FromAddress(RpcAddress.Parse(address))).Message);

    [Fact]
    public void What_is_wrong_with_options_is_said()
    {
        Assert.Contains(
            "AttemptTimeout", Assert.Throws<ArgumentException>(() => new DnsRegistry(new() { AttemptTimeout = TimeSpan.Zero })).Message);
        Assert.Contains(
            "AddressFamily",
            Assert.Throws<ArgumentException>(() => new DnsRegistry(new() { AddressFamily = (DnsAddressFamily)9 })).Message);
    }

    [Fact]
    public async Task A_container_gets_the_provider_once_and_the_registry_when_asked_for()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddDnsRegistry()
            .AddDnsRegistry("dns://10.0.0.10/cluster.test", static options => options.Namespace = "shop")
            .BuildServiceProvider();

        IRegistryProvider one = Assert.Single(provider.GetServices<IRegistryProvider>());
        Assert.Equal("dns", one.Scheme);
        Assert.Equal("dns://10.0.0.11/svc.cluster.local", one.Create(RpcAddress.Parse("dns://10.0.0.11")).Address);
        Assert.Equal("dns://10.0.0.10/cluster.test", provider.GetRequiredService<IRegistry>().Address);
        Assert.Throws<FormatException>(() => new ServiceCollection().AddDnsRegistry("etcd://127.0.0.1"));
        Assert.Throws<FormatException>(() => new ServiceCollection().AddDnsRegistry("dns://127.0.0.1?x=y"));
    }
}
