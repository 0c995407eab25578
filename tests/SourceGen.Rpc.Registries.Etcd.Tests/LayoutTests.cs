using System.Text.Json.Nodes;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Etcd.Tests.Support;

namespace SourceGen.Rpc.Registries.Etcd.Tests;

/// <summary>What stands where in etcd.</summary>
public sealed class LayoutTests(SharedEtcd fixture) : IClassFixture<SharedEtcd>
{
    private const string GoldenKey = "/micro/registry/greeter/greeter-1";
    private const string Golden = """
        {"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"metadata":{"protocol":"mucp"},"id":"greeter-1","address":"10.0.0.1:8080"}]}
        """;

    private static readonly ServiceRecord s_golden = new("greeter", "latest")
    {
        Nodes = [new ServiceNode("greeter-1", "10.0.0.1:8080") { Metadata = ServiceMetadata.Empty.With("protocol", "mucp") }],
    };

    private EtcdServer Server => fixture.Server;

    [Fact]
    public async Task C33_GoMicrosRecordIsRead()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdRegistry registry = Create(server, RecordLayout.GoMicro);
        await server.PutAsync(GoldenKey, Golden);

        Assert.Equal([s_golden], (await registry.GetServiceAsync("greeter")).ToArray());
        Assert.Equal(["greeter"], (await registry.ListServicesAsync()).ToArray());
    }

    [Fact]
    public async Task C33_GoMicrosRecordIsWritten()
    {
        await using EtcdServer server = await EtcdServer.StartAsync();
        await using EtcdRegistry registry = Create(server, RecordLayout.GoMicro);
        await registry.RegisterAsync(s_golden);

        (string value, long lease, _) = (await server.GetAsync(GoldenKey))!.Value;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Golden), JsonNode.Parse(value)), value);
        Assert.NotEqual(0, lease);
    }

    [Fact]
    public async Task C33_SlashesAreDashesAndServicesThatShareAKeyAreToldApart()
    {
        await using EtcdRegistry registry = Create(Server, RecordLayout.GoMicro);
        ServiceRecord slash = new("a/b", "1") { Nodes = [new ServiceNode("n/1", "10.0.0.1:1")] };
        ServiceRecord dash = new("a-b", "1") { Nodes = [new ServiceNode("n/2", "10.0.0.1:2")] };
        await registry.RegisterAsync(slash);
        await registry.RegisterAsync(dash);

        Assert.NotNull(await Server.GetAsync("/micro/registry/a-b/n-1"));
        Assert.Equal([slash], (await registry.GetServiceAsync("a/b")).ToArray());
        Assert.Equal([dash], (await registry.GetServiceAsync("a-b")).ToArray());
    }

    [Theory]
    [InlineData("Shop.Greeter", "1.0", "", "/sourcegen-rpc/services/Shop.Greeter/1.0/a")]
    [InlineData("Shop.Greeter", "1.0", "blue", "/sourcegen-rpc/services/Shop.Greeter/1.0@blue/a")]
    [InlineData("Shop.Greeter", "", "blue", "/sourcegen-rpc/services/Shop.Greeter/@blue/a")]
    [InlineData("Shop.Greeter", "", "", "/sourcegen-rpc/services/Shop.Greeter/@/a")]
    [InlineData("a/b", "1@2", "x/y", "/sourcegen-rpc/services/a%2Fb/1%402@x%2Fy/a")]
    public async Task A_nodes_key_says_service_version_group_and_id(string service, string version, string group, string key)
    {
        await using EtcdRegistry registry = Create(Server, RecordLayout.Default);
        ServiceRecord record = new(service, version) { Nodes = [new ServiceNode("a", "tcp://10.0.0.1:1")] };
        if (group.Length > 0) record = record with { Metadata = ServiceMetadata.Empty.With(ServiceMetadataKeys.Group, group) };
        await registry.RegisterAsync(record);

        Assert.NotNull(await Server.GetAsync(key));
        Assert.Contains(record, await registry.GetServiceAsync(service));
        await registry.DeregisterAsync(record);
        Assert.Null(await Server.GetAsync(key));
    }

    [Fact]
    public async Task A_version_that_changes_under_one_key_is_another_record()
    {
        await using EtcdRegistry registry = Create(Server, RecordLayout.GoMicro);
        ServiceRecord one = new("Versions", "1") { Nodes = [new ServiceNode("n", "10.0.0.1:1")] };
        await registry.RegisterAsync(one);
        await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync("Versions").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        await registry.RegisterAsync(one with { Version = "2" });

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((RegistryEventKind.Delete, "1"), (watch.Current.Kind, watch.Current.Records[0].Version));
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal((RegistryEventKind.Create, "2"), (watch.Current.Kind, watch.Current.Records[0].Version));
    }

    private static EtcdRegistry Create(EtcdServer server, RecordLayout layout) =>
        new(new EtcdRegistryOptions { Endpoints = { server.Endpoint }, Layout = layout });
}
