using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>Addresses, options and the service collection.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void An_address_says_everything()
    {
        EtcdRegistryOptions options = EtcdRegistryOptions.Parse(RpcAddress.Parse(
            "etcd://us%40er:p%3Ass@h1,h2:99,[::1]:7/my/prefix?layout=micro&tls=true&ca=/a&cert=/b&key=/c&timeout=1.5&probe=3"));

        Assert.Equal(["h1:2379", "h2:99", "[::1]:7"], options.Endpoints);
        Assert.Equal(("us@er", "p:ss", "/my/prefix"), (options.UserName, options.Password, options.Prefix));
        Assert.Equal(
            (true, "/a", "/b", "/c"),
            (options.UseTls, options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath));
        Assert.Equal(RecordLayout.GoMicro, options.Layout);
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3)), (options.Timeout, options.WatchProbeInterval));
    }

    [Theory]
    [InlineData("etcd://", "names no host")]
    [InlineData("etcd://h:0", "'h:0' is not a host with a port")]
    [InlineData("etcd://h?layout=dubbo", "layout=dubbo")]
    [InlineData("etcd://h?colour=red", "'colour'")]
    [InlineData("etcd://h?timeout=0", "timeout=0")]
    [InlineData("etcd://h?key=/k", "CertificateKeyPath is given without CertificatePath")]
    public void A_wrong_address_is_an_error_that_says_what(string address, string words)
    {
        FormatException error = Assert.Throws<FormatException>(() => new EtcdRegistryProvider().Create(RpcAddress.Parse(address)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<EtcdRegistryOptions>> WrongOptions => new()
    {
        { "Endpoints: ':1'", static options => options.Endpoints = [":1"] },
        { "Layout is Dubbo", static options => options.Layout = RecordLayout.Dubbo },
        { "Prefix is '/'", static options => options.Prefix = "/" },
        { "UserName is empty", static options => options.UserName = "" },
        { "Timeout is 00:00:00", static options => options.Timeout = TimeSpan.Zero },
        { "WatchProbeInterval is 2", static options => options.WatchProbeInterval = TimeSpan.FromDays(2) },
        { "MaxNodes is 0", static options => options.MaxNodes = 0 },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void A_wrong_option_is_an_error_that_names_it(string words, Action<EtcdRegistryOptions> change)
    {
        EtcdRegistryOptions options = new();
        change(options);

        Assert.StartsWith(words, Assert.Throws<ArgumentException>(() => new EtcdRegistry(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_collection_has_the_provider_once_and_the_registry_that_was_asked_for()
    {
        ServiceCollection services = new();
        services.AddEtcdRegistry();
        services.AddEtcdRegistry("etcd://h:1", static options => options.Prefix = "/p");
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal("etcd", Assert.Single(provider.GetServices<IRegistryProvider>()).Scheme);
        Assert.Equal("etcd://h:1", Assert.Single(provider.GetServices<IRegistry>()).Address);
        Assert.Throws<ArgumentException>(() => services.AddEtcdRegistry(configure: static options => options.MaxNodes = 0));
    }
}
