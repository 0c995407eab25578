using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>The program's health checks and the health of its servers, both ways.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task A_server_is_one_of_the_programs_health_checks()
    {
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddRpcServer(o => o.Listen(TestHost.NewAddress())).AddService<IGreeter, Greeter>();
            services.AddRpcServer("internal", o => o.Listen(TestHost.NewAddress())).AddService<IGreeter, Greeter>();
            services.AddHealthChecks();
        });
        HealthCheckService checks = host.Services.GetRequiredService<HealthCheckService>();

        HealthReport report = await checks.CheckHealthAsync();

        Assert.Equal(["rpc-server", "rpc-server-internal"], report.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal("The RPC server 'internal' is serving.", report.Entries["rpc-server-internal"].Description);

        host.Services.GetRequiredService<RpcServer>().Health.SetStatus(RpcHealth.Server, ServingStatus.NotServing);
        report = await checks.CheckHealthAsync();

        Assert.Equal(HealthStatus.Unhealthy, report.Entries["rpc-server"].Status);
        Assert.StartsWith("The RPC server is not serving: ", report.Entries["rpc-server"].Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, report.Entries["rpc-server-internal"].Status);
        await host.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await checks.CheckHealthAsync()).Entries["rpc-server-internal"].Status);
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task What_the_health_checks_find_becomes_the_servers_status_and_changes_back()
    {
        HealthStatus database = HealthStatus.Healthy;
        HealthStatus cache = HealthStatus.Degraded;
        string address = TestHost.NewAddress();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddRpcServer(o => o.Listen(address))
                .AddService<IGreeter, Greeter>()
                .AddService<ICalculator, Calculator>()
                .PublishHealthChecks()
                .PublishHealthChecks<ICalculator>("cache")
                .PublishHealthChecks<IGreeter>("missing");
            services.AddHealthChecks()
                .AddCheck("database", () => new HealthCheckResult(database))
                .AddCheck("cache", () => new HealthCheckResult(cache));
        });
        await using RpcClient client = await RpcClient.ConnectAsync(address);
        IHealth health = client.Get<IHealth>();

        await PublishAsync(host);
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync(NameOf<ICalculator>()));
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync(NameOf<IGreeter>()));

        // The server's own check is unhealthy from now on; it does not keep the server from coming back.
        database = HealthStatus.Unhealthy;
        await PublishAsync(host);
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync());
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync(NameOf<ICalculator>()));
        await PublishAsync(host);
        database = HealthStatus.Healthy;
        cache = HealthStatus.Unhealthy;
        await PublishAsync(host);
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync());
        Assert.Equal(ServingStatus.NotServing, await health.CheckAsync(NameOf<ICalculator>()));
        cache = HealthStatus.Healthy;
        await PublishAsync(host);
        Assert.Equal(ServingStatus.Serving, await health.CheckAsync());
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public void A_service_that_depends_on_no_check_is_a_mistake()
    {
        RpcServerBuilder builder = new ServiceCollection().AddRpcServer(o => o.Listen(TestHost.NewAddress()));
        ArgumentException error = Assert.Throws<ArgumentException>(() => builder.PublishHealthChecks<IGreeter>());
        Assert.Contains("Name the health checks", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Health", RpcBuiltInServices.Health)]
    [InlineData("stats; Describe", RpcBuiltInServices.Stats | RpcBuiltInServices.Describe)]
    [InlineData("None", RpcBuiltInServices.None)]
    [InlineData("All", RpcBuiltInServices.All)]
    public async Task The_built_in_services_can_be_configured(string value, RpcBuiltInServices expected)
    {
        string address = TestHost.NewAddress();
        IHost host = await TestHost.StartAsync(
            services => services.AddRpcServer(o => Assert.Equal(expected, o.BuiltInServices)).AddService<IGreeter, Greeter>(),
            ("Rpc:Server:Addresses:0", address),
            ("Rpc:Server:BuiltInServices", value));
        Assert.Equal(address, host.AddressOf());
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task An_unknown_built_in_service_fails_the_start()
    {
        IHost host = TestHost.Build(
            services => services.AddRpcServer(o => o.Listen(TestHost.NewAddress())).AddService<IGreeter, Greeter>(),
            ("Rpc:Server:BuiltInServices:0", "Health"),
            ("Rpc:Server:BuiltInServices:1", "Metrics"));
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(
            "Rpc:Server:BuiltInServices has 'Metrics'; it must be made of Health, Describe and Stats, or be None or All.", error.Message,
                StringComparison.Ordinal);
        await host.StopAndDisposeAsync();
    }

    /// <summary>Does at once what the host's publisher does from time to time.</summary>
    private static async Task PublishAsync(IHost host)
    {
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        foreach (IHealthCheckPublisher publisher in host.Services.GetServices<IHealthCheckPublisher>())
        {
            await publisher.PublishAsync(report, CancellationToken.None);
        }
    }

    private static string NameOf<TService>()
        where TService : class, CompilerServices.IRpcContract<TService> => TService.Contract.Name;
}
