using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Discovery.Tests.Support;
using SourceGen.Rpc.Hosting;

namespace SourceGen.Rpc.Discovery.Tests.Hosting;

public sealed class HostedRegistryTests
{
    private readonly ScriptedRegistry _registry = new();

    [Fact]
    public async Task AClientOfAServiceFindsItsServersWithNoOtherSetting()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcServer(static options => options.Listen("tcp://127.0.0.1:0")).AddService<IPing>(new Ping("hosted"));
        builder.Services.AddRpcClient<IPing>();
        builder.Services.AddRpcRegistry("scripted://here");
        using IHost host = builder.Build();
        await host.StartAsync();
        Assert.Equal("hosted", await host.Services.GetRequiredService<IPing>().WhoAsync());
        await host.StopAsync();
        Assert.Empty(_registry.Records);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task ConfigurationChoosesTheRegistryAndDescribesTheServer()
    {
        HostApplicationBuilder builder = Builder(
            ("Rpc:Registry", "scripted://configured"),
            ("Rpc:Server:Addresses", "tcp://127.0.0.1:0"),
            ("Rpc:Server:Registration:Zone", "eu-1a"),
            ("Rpc:Server:Registration:Group", "blue"),
            ("Rpc:Server:Registration:Metadata:build", "42"),
            ("Rpc:Client:Group", "blue"),
            ("Rpc:Directory:Grace", "10s"));
        builder.Services.AddRpcServer().AddService<IPing>(new Ping("hosted"));
        builder.Services.AddRpcClient<IPing>();
        builder.Services.AddRpcRegistry("unknown://in-code");
        using IHost host = builder.Build();
        await host.StartAsync();
        Assert.Equal("hosted", await host.Services.GetRequiredService<IPing>().WhoAsync());
        ServiceRecord record = Assert.Single(_registry.Records);
        Assert.Equal(("blue", "eu-1a", "42"), (record.Group, record.Nodes[0].Zone, record.Nodes[0].Metadata["build"]));
        Assert.Equal(TimeSpan.FromSeconds(10), host.Services.GetRequiredService<IOptions<ServiceDirectoryOptions>>().Value.Grace);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Theory]
    [InlineData("etcd://h:1", "No registry serves 'etcd://'")]
    [InlineData("somewhere", "'somewhere'")]
    [InlineData("scripted://h?colour=red", "colour")]
    [InlineData(null, "has no address")]
    public async Task AWrongAddressFailsTheStartWithAReason(string? address, string reason)
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcServer(static options => options.Listen("tcp://127.0.0.1:0")).AddService<IPing>(new Ping("hosted"));
        builder.Services.AddRpcRegistry(address);
        using IHost host = builder.Build();
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public async Task AClientWithAnAddressDoesNotLookItUp()
    {
        await using RpcServer server = new RpcServer(new RpcServerOptions().Listen("tcp://127.0.0.1:0")).AddService<IPing>(new Ping("direct"));
        await server.StartAsync();
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcClient<IPing>(server.Addresses[0].ToString());
        builder.Services.AddRpcRegistry("scripted://here");
        using IHost host = builder.Build();
        Assert.Equal("direct", await host.Services.GetRequiredService<IPing>().WhoAsync());
        Assert.Equal(0, _registry.WatchesBegun);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task C35_TheStateOfTheRegistryShowsInTheReadinessCheck()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcServer(static options => options.Listen("tcp://127.0.0.1:0")).AddService<IPing>(new Ping("hosted"));
        builder.Services.AddRpcClient<IPing>();
        builder.Services.AddRpcRegistry("scripted://here");
        builder.Services.AddHealthChecks();
        using IHost host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IPing>().WhoAsync();
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["rpc-registry"].Status);
        _registry.Fail("it was killed");
        IServiceDirectory directory = host.Services.GetRequiredService<IServiceDirectory>();
        await Eventually.Is(() => !directory.State.IsConnected, "the directory noticed");
        HealthReportEntry entry = (await health.CheckHealthAsync()).Entries["rpc-registry"];
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("it was killed", entry.Description);
        Assert.Equal("hosted", await host.Services.GetRequiredService<IPing>().WhoAsync());
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task WithoutARegistryNothingIsDifferent()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcServer(static options => options.Listen("tcp://127.0.0.1:0")).AddService<IPing>(new Ping("hosted"));
        builder.Services.AddHealthChecks();
        using IHost host = builder.Build();
        await host.StartAsync();
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.DoesNotContain("rpc-registry", report.Entries.Keys);
        Assert.Null(host.Services.GetRequiredService<RpcServer>().RegistrationState);
        await host.StopAsync();
    }

    private HostApplicationBuilder Builder(params (string Key, string Value)[] configuration)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(configuration.Select(static pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        builder.Services.AddSingleton<IRegistryProvider>(new ScriptedProvider(_registry));
        return builder;
    }

    private sealed class ScriptedProvider(ScriptedRegistry registry) : IRegistryProvider
    {
        public string Scheme => "scripted";

        public IRegistry Create(RpcAddress address)
        {
            RegistryAddress.Parse(address);
            return registry;
        }
    }
}
