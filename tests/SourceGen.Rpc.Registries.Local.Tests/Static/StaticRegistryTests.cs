using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Static;

namespace SourceGen.Rpc.Registries.Local.Tests;

public sealed class StaticRegistryTests
{
    [Fact]
    public async Task Every_service_is_found_at_the_addresses_of_the_address()
    {
        await using IRegistry registry = Create("static://10.0.0.2:5000,10.0.0.1:5000,[::1]:7");
        ServiceRecord record = Assert.Single(await registry.GetServiceAsync("Any.Service"));
        Assert.Equal("Any.Service", record.Key);
        Assert.Equal(["tcp://10.0.0.1:5000", "tcp://10.0.0.2:5000", "tcp://[::1]:7"], record.Nodes.Select(static node => node.Address));
        Assert.Equal(record.Nodes.Select(static node => node.Address), record.Nodes.Select(static node => node.Id));
        await using WatchRecorder watch = new(registry, "Any.Other");
        Assert.Equal(3, Assert.Single((await watch.FirstAsync()).Records).Nodes.Length);
        Assert.Equal("static://10.0.0.2:5000,10.0.0.1:5000,[::1]:7", registry.Address);
    }

    [Fact]
    public async Task What_is_found_everywhere_has_no_names_to_list_or_follow()
    {
        await using IRegistry registry = Create("static://10.0.0.1:5000");
        RpcException error = await Sample.FailsAsync(RpcStatusCode.Unimplemented, () => registry.ListServicesAsync().AsTask());
        Assert.Contains("Name the services in the list, or in ?service=.", error.Message, StringComparison.Ordinal);
        await Sample.FailsAsync(RpcStatusCode.Unimplemented, async () =>
        {
            await foreach (RegistryEvent change in registry.WatchAsync(service: null)) Assert.Fail($"It said {change}.");
        });
    }

    [Fact]
    public async Task Only_the_services_of_the_parameter_are_found()
    {
        await using IRegistry registry = Create("static://h:5000?service=Shop.B,Shop.A&version=2.0&scheme=tls");
        Assert.Equal(["Shop.A", "Shop.B"], (await registry.ListServicesAsync()).ToArray());
        ServiceRecord record = Assert.Single(await registry.GetServiceAsync("Shop.A"));
        Assert.Equal("Shop.A:2.0", record.Key);
        Assert.Equal("tls://h:5000", Assert.Single(record.Nodes).Address);
        await Sample.FailsAsync(RpcStatusCode.NotFound, () => registry.GetServiceAsync("Shop.C").AsTask());
    }

    [Theory]
    [InlineData("static://", "names no address")]
    [InlineData("static://h", "'h' without a port; write for example h:5000")]
    [InlineData("static://h:0", "'h:0' is not a host with a port")]
    [InlineData("static://h:1/path", "has the path '/path'")]
    [InlineData("static://me@h:1", "names a user")]
    [InlineData("static://h:1?group=a", "the parameter 'group'")]
    [InlineData("static://h:1?scheme=a%20b", "not a valid address scheme")]
    public void A_wrong_address_is_refused_with_a_reason(string address, string reason)
    {
        FormatException error = Assert.Throws<FormatException>(() => Create(address));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_list_is_refused_with_its_place()
    {
        StaticRegistryOptions options = new()
        {
            Services = { new StaticService { Name = "A", Addresses = { "tcp://a:1" } }, new StaticService { Name = "B" } },
        };
        Assert.Equal("Services[1], B, has no node; leave it out, or give it an address.", Wrong(options));
        options.Services[1].Nodes.Add(new StaticNode());
        Assert.StartsWith("Services[1].Nodes[0] has no address", Wrong(options), StringComparison.Ordinal);
        options.Services[1].Nodes[0].Address = "1x://a";
        Assert.StartsWith("Services[1].Nodes[0]: ", Wrong(options), StringComparison.Ordinal);
        options.Services.RemoveAt(1);
        options.Services[0].Name = "";
        Assert.Equal("Services[0] has no name.", Wrong(options));
        options.Services[0].Name = "A";
        options.Addresses.Add(" ");
        Assert.StartsWith("Addresses[0] has no address", Wrong(options), StringComparison.Ordinal);

        static string Wrong(StaticRegistryOptions options) => Assert.Throws<FormatException>(() => new StaticRegistry(options)).Message;
    }

    [Fact]
    public async Task A_list_names_versions_groups_ids_and_metadata()
    {
        StaticRegistryOptions options = new() { Addresses = { "tcp://rest:1" } };
        StaticService blue = new() { Name = "Shop", Version = "1.0", Metadata = { ["group"] = "blue" }, Addresses = { "tcp://a:1" } };
        blue.Nodes.Add(new StaticNode { Id = "b", Address = "tcp://b:1", Metadata = { ["weight"] = "50" } });
        options.Services.Add(blue);
        options.Services.Add(new StaticService { Name = "Shop", Version = "2.0", Addresses = { "tcp://c:1" } });
        await using StaticRegistry registry = new(options);
        IReadOnlyList<ServiceRecord> records = await registry.GetServiceAsync("Shop");
        Assert.Equal(["Shop:2.0", "blue/Shop:1.0"], records.Select(static record => record.Key));
        Assert.Equal(["b", "tcp://a:1"], records[1].Nodes.Select(static node => node.Id));
        Assert.Equal(50, records[1].Nodes[0].Weight);
        // What the list names is not looked for where everything else is.
        Assert.DoesNotContain(records.SelectMany(static record => record.Nodes), static node => node.Address == "tcp://rest:1");
        Assert.Equal("tcp://rest:1", (await registry.GetServiceAsync("Other"))[0].Nodes[0].Address);
    }

    [Fact]
    public async Task A_change_of_configuration_becomes_a_snapshot_for_those_whom_it_concerns()
    {
        using ConfigurationDouble configuration = new("tcp://a:1");
        using LogRecorder log = new(LogLevel.Warning);
        ServiceCollection services = new();
        services.AddSingleton<ILoggerFactory>(log);
        services.AddSingleton<IConfigureOptions<StaticRegistryOptions>>(configuration);
        services.AddSingleton<IOptionsChangeTokenSource<StaticRegistryOptions>>(configuration);
        services.AddStaticRegistry();
        services.AddStaticRegistry("static://fixed:1?service=Fixed");
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Equal("static", Assert.Single(provider.GetServices<IRegistryProvider>()).Scheme);
        IRegistry registry = provider.GetRequiredService<IRegistry>();
        await using WatchRecorder watch = new(registry, "Configured");
        await using WatchRecorder other = new(registry, "Fixed");
        await other.FirstAsync();
        await watch.UntilAsync(recorder => AddressesOf(recorder) is ["tcp://a:1"], "the first list");
        configuration.Change("tcp://a:1", "tcp://b:1");
        await watch.UntilAsync(recorder => AddressesOf(recorder) is ["tcp://a:1", "tcp://b:1"], "the second list");

        configuration.Change("");
        Assert.Contains("Services[0].Addresses[0] has no address", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(2, (await registry.GetServiceAsync("Configured"))[0].Nodes.Length);

        configuration.Change("tcp://c:1");
        await watch.UntilAsync(recorder => AddressesOf(recorder) is ["tcp://c:1"], "the third list");
        configuration.Change();
        await watch.UntilAsync([]);
        Assert.All(watch.Events, static change => Assert.Equal(RegistryEventKind.Snapshot, change.Kind));
        Assert.Equal(4, watch.Events.Length);
        Assert.Single(other.Events);

        static string[] AddressesOf(WatchRecorder recorder) =>
            [.. recorder.Records.SelectMany(static record => record.Nodes).Select(static node => node.Address)];
    }

    private static IRegistry Create(string address) => new StaticRegistryProvider().Create(RpcAddress.Parse(address));

    /// <summary>A section of configuration that is bound to the options and reloaded.</summary>
    private sealed class ConfigurationDouble(params string[] addresses)
        : IConfigureOptions<StaticRegistryOptions>, IOptionsChangeTokenSource<StaticRegistryOptions>, IDisposable
    {
        private string[] _addresses = addresses;
        private CancellationTokenSource _reload = new();

        public string Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => new CancellationChangeToken(_reload.Token);

        public void Configure(StaticRegistryOptions options)
        {
            if (_addresses.Length == 0) return;
            StaticService service = new() { Name = "Configured" };
            foreach (string address in _addresses) service.Addresses.Add(address);
            options.Services.Insert(0, service);
        }

        public void Change(params string[] addresses)
        {
            _addresses = addresses;
            CancellationTokenSource reload = _reload;
            _reload = new CancellationTokenSource();
            reload.Cancel();
            reload.Dispose();
        }

        public void Dispose() => _reload.Dispose();
    }
}
