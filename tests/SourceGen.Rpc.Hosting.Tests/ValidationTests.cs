using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

public sealed class ValidationTests
{
    [Fact]
    public async Task Server_WithoutAddresses() => await AssertMistakesAsync(
        services => services.AddRpcServer().AddService<IGreeter, Greeter>(),
        "The RPC server: Addresses is empty; tell the server where to listen, for example options.Listen(\"tcp://127.0.0.1:5000\"). (Configuration: Rpc:Server.)");

    [Fact]
    public async Task Server_WithoutServices() => await AssertMistakesAsync(
        services => services.AddRpcServer("internal", o => o.Listen("memory://")),
        "The RPC server 'internal': It offers no service; add one, for example AddRpcServer(\"internal\").AddService<IGreeter, Greeter>(). (Configuration: Rpc:Servers:internal.)");

    [Fact]
    public async Task Server_WithOneServiceTwice() => await AssertMistakesAsync(
        services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>().AddService<IGreeter>(new Greeter()),
        "The RPC server: SourceGen.Rpc.Hosting.Tests.Support.Greeter was added 2 times; add it once, "
        + "or give one of the interfaces another [Service(Name = ...)] or [Service(Version = ...)]. (Configuration: Rpc:Server.)");

    [Fact]
    public async Task Server_ReportsEveryMistakeAtOnce()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcServer(o =>
            {
                o.DrainTimeout = -TimeSpan.FromSeconds(1);
                o.Addresses.Add("localhost:5000");
                o.Addresses.Add("smoke://signals");
            }),
            ("Rpc:Server:LowLatency", "maybe"),
            ("Rpc:Server:KeepAliveIntervall", "5s")));

        Assert.Equal(
            [
                "Rpc:Server:LowLatency is 'maybe'; it must be true or false.",
                "Rpc:Server:KeepAliveIntervall is not a known key. Did you mean KeepAliveInterval?",
                "The RPC server: DrainTimeout is -00:00:01; it must not be negative. (Configuration: Rpc:Server.)",
                "The RPC server: An entry of Addresses is wrong: 'localhost:5000' is not an address. Write it as scheme://rest, "
                + "for example tcp://127.0.0.1:5000, unix:///run/greeter.sock or memory://greeter. (Configuration: Rpc:Server.)",
                "The RPC server: An entry of Addresses is wrong: No transport serves 'smoke://signals'. Known are inproc://, memory://, tcp://, "
                + "unix://; add an ITransport whose Scheme is 'smoke' for others. (Configuration: Rpc:Server.)",
                "The RPC server: It offers no service; add one, for example AddRpcServer().AddService<IGreeter, Greeter>(). "
                + "(Configuration: Rpc:Server.)",
            ],
            error.Failures);
    }

    [Fact]
    public async Task Server_WithAnAddressThatItsTransportCannotRead()
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("tcp://127.0.0.1")).AddService<IGreeter, Greeter>()));

        Assert.StartsWith(
            "The RPC server: An entry of Addresses is wrong: 'tcp://127.0.0.1' is not a TCP address: the port is missing.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxConnections")]
    [InlineData("MaxConnectionsPerAddress")]
    [InlineData("MaxConnectionsInHandshake")]
    [InlineData("MaxTotalConcurrentCalls")]
    public async Task Server_WithALimitThatLetsNothingIn(string key)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>(), ($"Rpc:Server:{key}", "0")));

        Assert.Equal([$"The RPC server: {key} is 0; it must be at least 1. (Configuration: Rpc:Server.)"], error.Failures);
    }

    [Fact]
    public async Task Client_WithoutAddress() => await AssertMistakesAsync(
        services => services.AddRpcClient<IGreeter>(),
        "The RPC client: Address is missing; say where the server listens, for example options.Address = \"tcp://127.0.0.1:5000\", or add a "
        + "registry in which servers are found, for example services.AddRpcRegistry(\"file://\"). (Configuration: Rpc:Client.)");

    [Fact]
    public async Task NamedClient_WithAnUnknownScheme() => await AssertMistakesAsync(
        services => services.AddRpcClient("backend", o => o.Address = "http://127.0.0.1"),
        "The RPC client 'backend': Address is wrong: No transport serves 'http://127.0.0.1'. Known are inproc://, memory://, tcp://, unix://; "
        + "add an ITransport whose Scheme is 'http' for others. (Configuration: Rpc:Clients:backend.)");

    [Fact]
    public async Task ClientOfOneService_WithALimitOutOfRange() => await AssertMistakesAsync(
        services => services.AddRpcClient<IGreeter>(o =>
        {
            o.Address = "memory://a";
            o.Limits.MaxConcurrentCalls = 0;
        }),
        "The RPC client of SourceGen.Rpc.Hosting.Tests.Support.Greeter: RpcLimits.MaxConcurrentCalls is 0; it must be from 1 to 1,000,000. "
        + "(Configuration: Rpc:Client.)");

    [Fact]
    public async Task BareContainer_IsValidatedWhenTheClientIsInjected()
    {
        ServiceCollection services = new();
        services.AddRpcClient<IGreeter>();
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IGreeter>);
    }

    private static async Task AssertMistakesAsync(Action<IServiceCollection> add, params string[] expected)
    {
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(add));
        Assert.Equal(expected, error.Failures);
    }
}
