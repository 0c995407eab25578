using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Consul.Tests;

/// <summary>Addresses, options and the service collection.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void An_address_says_everything()
    {
        ConsulRegistryOptions options = ConsulRegistryOptions.Parse(RpcAddress.Parse(
            "consul://h1,h2:99?token=a%2Db&layout=micro&tls=true&ca=/a&cert=/b&key=/c&timeout=1.5&wait=3"));

        Assert.Equal(["h1:8500", "h2:99"], options.Endpoints);
        Assert.Equal("a-b", options.Token);
        Assert.Equal(
            (true, "/a", "/b", "/c"),
            (options.UseTls, options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath));
        Assert.Equal(RecordLayout.GoMicro, options.Layout);
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3)), (options.Timeout, options.BlockingQueryWait));
    }

    [Theory]
    [InlineData("consul://", "names no host")]
    [InlineData("consul://me@h", "names a user, which Consul does not know")]
    [InlineData("consul://h/path", "has the path /path")]
    [InlineData("consul://h?token=a%20b", "Token is empty or holds characters")]
    [InlineData("consul://h?wait=601", "BlockingQueryWait is 00:10:01")]
    [InlineData("consul://h?colour=red", "'colour'")]
    [InlineData("consul://h?ca=/does/not/exist", "'/does/not/exist' cannot be used for TLS")]
    public void A_wrong_address_is_an_error_that_says_what(string address, string words)
    {
        FormatException error = Assert.Throws<FormatException>(() => new ConsulRegistryProvider().Create(RpcAddress.Parse(address)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_collection_has_the_provider_once_and_the_registry_that_was_asked_for()
    {
        ServiceCollection services = new();
        services.AddConsulRegistry();
        services.AddConsulRegistry("consul://h:1", static options => options.Token = "t");
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal("consul", Assert.Single(provider.GetServices<IRegistryProvider>()).Scheme);
        Assert.Equal("consul://h:1", Assert.Single(provider.GetServices<IRegistry>()).Address);
        Assert.Throws<ArgumentException>(() => services.AddConsulRegistry(configure: static options => options.MaxNodes = 0));
    }
}
