using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Mdns.Tests;

public sealed class MdnsRegistryOptionsTests
{
    [Fact]
    public void Every_parameter_of_an_address_is_read()
    {
        MdnsRegistryOptions options = MdnsRegistryOptions.FromAddress(
            RpcAddress.Parse("mdns://eth0,eth1?interface=lo&layout=micro&port=5454&window=0.2&timeout=3"));

        Assert.Equal(["eth0", "eth1", "lo"], options.Interfaces);
        Assert.Equal(
            (RecordLayout.GoMicro, 5454, 0.2, 3.0),
            (options.Layout, options.Port, options.QueryWindow.TotalSeconds, options.Timeout.TotalSeconds));
        Assert.Empty(MdnsRegistryOptions.FromAddress(RpcAddress.Parse("mdns://")).Interfaces);
    }

    [Theory]
    [InlineData("mdns://me@lo", "mDNS knows none")]
    [InlineData("mdns://lo/path", "mdns:// has none")]
    [InlineData("mdns://?layout=dubbo", "one of default, micro")]
    [InlineData("mdns://?port=0", "Port is 0")]
    [InlineData("mdns://?port=x", "port=x")]
    [InlineData("mdns://?window=4000", "QueryWindow")]
    [InlineData("mdns://?ttl=1", "the parameter 'ttl'")]
    public void What_is_wrong_with_an_address_is_said(string address, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => MdnsRegistryOptions.FromAddress(RpcAddress.Parse(address))).Message);

    [Fact]
    public async Task A_container_gets_the_provider_once_and_the_registry_when_asked_for()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddMdnsRegistry()
            .AddMdnsRegistry("mdns://lo", static options => options.Port = 5454)
            .BuildServiceProvider();

        IRegistryProvider one = Assert.Single(provider.GetServices<IRegistryProvider>());
        Assert.Equal("mdns", one.Scheme);
        Assert.Equal("mdns://", one.Create(RpcAddress.Parse("mdns://")).Address);
        Assert.Equal("mdns://lo", provider.GetRequiredService<IRegistry>().Address);
        Assert.Throws<FormatException>(() => new ServiceCollection().AddMdnsRegistry("dns://127.0.0.1"));
    }
}
