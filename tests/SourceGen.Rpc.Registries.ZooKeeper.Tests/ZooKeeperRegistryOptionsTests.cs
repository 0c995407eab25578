using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

public sealed class ZooKeeperRegistryOptionsTests
{
    [Fact]
    public async Task An_address_says_everything()
    {
        ZooKeeperRegistryOptions options = ZooKeeperRegistryProvider.CreateOptions(RpcAddress.Parse(
            "zookeeper://me:p%40ss@a:1,b,[::1]:3/prod?layout=dubbo&root=/x&timeout=2&session=12&acl=creator-read&tls=true&servername=zk"));
        Assert.Equal(["a:1", "b:2181", "[::1]:3"], options.Endpoints);
        Assert.Equal(("me", "p@ss"), (options.UserName, options.Password));
        Assert.Equal(("/prod", RecordLayout.Dubbo, "/x"), (options.BasePath, options.Layout, options.Root));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12)), (options.Timeout, options.SessionTimeout));
        Assert.Equal((ZooKeeperAccess.CreatorAndReaders, true, "zk"), (options.Access, options.UseTls, options.TlsServerName));
        await using ZooKeeperRegistry registry = new(options);
        Assert.Equal("zookeeper://a:1,b:2181,[::1]:3/prod", registry.Address);
    }

    [Fact]
    public async Task Nothing_said_is_the_default_port_of_this_machine()
    {
        await using ZooKeeperRegistry registry = new(new ZooKeeperRegistryOptions());
        Assert.Equal("zookeeper://127.0.0.1:2181", registry.Address);
        Assert.True(registry.CanRegister);
    }

    [Theory]
    [InlineData("zookeeper://h?layout=other", "layout=other")]
    [InlineData("zookeeper://h?color=red", "'color'")]
    [InlineData("zookeeper://h?timeout=0", "timeout=0")]
    [InlineData("zookeeper://h?acl=all", "acl=all")]
    [InlineData("zookeeper://h?acl=creator", "UserName")]
    [InlineData("zookeeper://h?ca=/x.pem", "UseTls")]
    [InlineData("zookeeper://h?tls=true&ca=/nowhere/x.pem", "/nowhere/x.pem")]
    [InlineData("zookeeper://h?tls=true&key=/x.pem", "KeyFile")]
    [InlineData("zookeeper://h?root=services", "'services'")]
    [InlineData("zookeeper://h/a/../b", "'/a/../b'")]
    [InlineData("zookeeper://h:99999", "99999")]
    [InlineData("zookeeper://", "names no host")]
    [InlineData("etcd://h", "not one of ZooKeeper")]
    public void A_wrong_address_is_refused_with_what_is_wrong(string address, string expected)
    {
        FormatException error = Assert.Throws<FormatException>(() => new ZooKeeperRegistryProvider().Create(RpcAddress.Parse(address)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_is_in_no_message()
    {
        FormatException error = Assert.Throws<FormatException>(
            () => new ZooKeeperRegistryProvider().Create(RpcAddress.Parse("zookeeper://me:secret@h?layout=x")));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_refused_when_the_registry_is_created()
    {
        Assert.Contains("Timeout", Fails(static options => options.Timeout = TimeSpan.Zero), StringComparison.Ordinal);
        Assert.Contains("SessionTimeout", Fails(static options => options.SessionTimeout = TimeSpan.FromDays(2)), StringComparison.Ordinal);
        Assert.Contains("Layout", Fails(static options => options.Layout = (RecordLayout)9), StringComparison.Ordinal);
        Assert.Contains("Access", Fails(static options => options.Access = (ZooKeeperAccess)9), StringComparison.Ordinal);
        Assert.Contains("Root", Fails(static options => options.Root = "/"), StringComparison.Ordinal);
        Assert.Contains("Endpoints", Fails(static options => options.Endpoints.Add("a:b")), StringComparison.Ordinal);

        static string Fails(Action<ZooKeeperRegistryOptions> change)
        {
            ZooKeeperRegistryOptions options = new();
            change(options);
            return Assert.Throws<ArgumentException>(() => new ZooKeeperRegistry(options)).Message;
        }
    }

    [Fact]
    public async Task The_registry_can_be_injected()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddZooKeeperRegistry()
            .AddZooKeeperRegistry("zookeeper://h/a", static options => options.Timeout = TimeSpan.FromSeconds(1))
            .BuildServiceProvider();
        Assert.IsType<ZooKeeperRegistryProvider>(Assert.Single(provider.GetServices<IRegistryProvider>()));
        Assert.Equal("zookeeper://h:2181/a", Assert.Single(provider.GetServices<IRegistry>()).Address);
        await using ServiceProvider none = new ServiceCollection().AddZooKeeperRegistry().BuildServiceProvider();
        Assert.Empty(none.GetServices<IRegistry>());
        Assert.Equal("zookeeper", Assert.Single(none.GetServices<IRegistryProvider>()).Scheme);
    }
}
