using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

public sealed class EndToEndTests
{
    [Fact]
    public async Task OneHost_ServerAndClient_CallOverMemory()
    {
        string address = TestHost.NewAddress();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddRpcServer(o => o.Listen(address)).AddService<IGreeter, Greeter>();
            services.AddRpcClient<IGreeter>(address);
        });

        IGreeter greeter = host.Services.GetRequiredService<IGreeter>();

        Assert.IsNotType<Greeter>(greeter);
        Assert.Equal("Hello, Ada", await greeter.GreetAsync("Ada"));
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task TwoHosts_OverTcp_ClientFindsTheAddressInConfiguration()
    {
        IHost server = await TestHost.StartAsync(services => services
            .AddRpcServer(o => o.Listen("tcp://127.0.0.1:0"))
            .AddService<IGreeter, Greeter>()
            .AddService<ICalculator>(new Calculator()));
        IHost client = await TestHost.StartAsync(
            services =>
            {
                services.AddRpcClient<IGreeter>();
                services.AddRpcClient<ICalculator>();
            },
            ("Rpc:Client:Address", server.AddressOf()));

        Assert.Equal("Hello, Ada", await client.Services.GetRequiredService<IGreeter>().GreetAsync("Ada"));
        Assert.Equal(5, await client.Services.GetRequiredService<ICalculator>().AddAsync(2, 3));
        await client.StopAndDisposeAsync();
        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task BareContainer_ClientNeedsNoHost()
    {
        string address = TestHost.NewAddress();
        IHost server = await TestHost.StartAsync(services => services.AddRpcServer(o => o.Listen(address)).AddService<IGreeter, Greeter>());
        ServiceCollection services = new();
        services.AddRpcClient<IGreeter>(address);
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            Assert.Equal("Hello, Ada", await provider.GetRequiredService<IGreeter>().GreetAsync("Ada"));
        }

        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task ServicesOfOneAddress_ShareOneConnection()
    {
        string address = TestHost.NewAddress();
        LogRecorder log = new();
        IHost server = await TestHost.StartAsync(services => services
            .AddLog(log)
            .AddRpcServer(o => o.Listen(address))
            .AddService<IGreeter, Greeter>()
            .AddService<ICalculator, Calculator>());
        IHost client = await TestHost.StartAsync(services =>
        {
            services.AddRpcClient<IGreeter>(address);
            services.AddRpcClient<ICalculator>(address);
        });

        await client.Services.GetRequiredService<IGreeter>().GreetAsync("Ada");
        await client.Services.GetRequiredService<ICalculator>().AddAsync(2, 3);

        Assert.Same(client.Services.GetRequiredKeyedService<RpcClient>(address), client.Services.GetRequiredKeyedService<RpcClient>(address));
        Assert.Single(log.Entries, entry => entry.Text.Contains(" connected and speaks ", StringComparison.Ordinal));
        await client.StopAndDisposeAsync();
        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task AddRpcClientWithOptions_HasOptionsAndConnectionOfItsOwn()
    {
        ServiceCollection services = new();
        string one = services.AddRpcClient<IGreeter>(o => o.Address = "memory://one").Name;
        string two = services.AddRpcClient<ICalculator>(o => o.Address = "memory://two").Name;
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal("memory://one", provider.GetRequiredKeyedService<RpcClient>(one).Address!.ToString());
        Assert.Equal("memory://two", provider.GetRequiredKeyedService<RpcClient>(two).Address!.ToString());
    }

    [Fact]
    public async Task NamedClients_OfOneService_AreToldApartByKey()
    {
        IHost eu = await TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter>(new FixedGreeter("eu")));
        IHost us = await TestHost.StartAsync(
            services => services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter>(new FixedGreeter("us")));
        IHost client = await TestHost.StartAsync(
            services =>
            {
                services.AddRpcClient("eu").AddService<IGreeter>().AddService<IGreeter>();
                services.AddRpcClient("us", o => o.Address = us.AddressOf()).AddService<IGreeter>();
            },
            ("Rpc:Clients:eu:Address", eu.AddressOf()));

        Assert.Equal("eu", await client.Services.GetRequiredKeyedService<IGreeter>("eu").GreetAsync(""));
        Assert.Equal("us", await client.Services.GetRequiredKeyedService<IGreeter>("us").GreetAsync(""));
        Assert.Equal("us", await client.Services.GetRequiredService<IGreeter>().GreetAsync(""));
        Assert.Equal(2, client.Services.GetServices<IGreeter>().Count());
        await client.StopAndDisposeAsync();
        await eu.StopAndDisposeAsync();
        await us.StopAndDisposeAsync();
    }

    [Fact]
    public async Task TwoServersInOneHost_OfferWhatEachWasGiven()
    {
        LogRecorder log = new();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddLog(log);
            services.AddRpcServer(o => o.Listen("memory://")).AddService<IGreeter, Greeter>();
            services.AddRpcServer("internal", o => o.Listen("memory://")).AddService<ICalculator, Calculator>();
        });
        RpcServer named = host.Services.GetRequiredKeyedService<RpcServer>("internal");
        await using RpcClient rpc = await RpcClient.ConnectAsync(named.Addresses.Single().ToString());

        Assert.NotSame(named, host.Services.GetRequiredService<RpcServer>());
        Assert.Equal(5, await rpc.Get<ICalculator>().AddAsync(2, 3));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await rpc.Get<IGreeter>().GreetAsync(""));
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
        Assert.Contains(log.Entries, entry => entry is { Id.Id: 300, Level: LogLevel.Information } && entry.Text.EndsWith("offers SourceGen.Rpc.Hosting.Tests.Support.Greeter", StringComparison.Ordinal));
        Assert.Contains(log.Entries, entry => entry.Id.Id == 300 && entry.Text.StartsWith("The RPC server 'internal' offers", StringComparison.Ordinal));
        await rpc.DisposeAsync();
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task LoggersOfTheContainer_ReachTheEngine()
    {
        LogRecorder log = new();
        string address = TestHost.NewAddress();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddLog(log);
            services.AddRpcServer(o => o.Listen(address)).AddService<IGreeter, Greeter>();
            services.AddRpcClient<IGreeter>(address);
        });
        await host.Services.GetRequiredService<IGreeter>().GreetAsync("Ada");

        Assert.Contains(log.Entries, entry => entry.Category == "SourceGen.Rpc.Server" && entry.Text == $"Listening at {address}");
        Assert.Contains(log.Entries, entry => entry.Category == "SourceGen.Rpc.Client");
        await host.StopAndDisposeAsync();
    }

    [Fact]
    public async Task Container_DisposedAsynchronously_ClosesItsClients()
    {
        string address = TestHost.NewAddress();
        IHost server = await TestHost.StartAsync(services => services.AddRpcServer(o => o.Listen(address)).AddService<IGreeter, Greeter>());
        ServiceProvider provider = Provide(services => services.AddRpcClient<IGreeter>(address));
        IGreeter greeter = provider.GetRequiredService<IGreeter>();
        await greeter.GreetAsync("Ada");

        await provider.DisposeAsync();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await greeter.GreetAsync("Ada"));
        Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        Assert.Equal(RpcCallProgress.NotSent, error.Progress);
        await server.StopAndDisposeAsync();
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:5000", "is an address, not a name")]
    [InlineData("a:b", "a colon separates the parts of a configuration path")]
    [InlineData(" ", "empty string or composed entirely of whitespace")]
    public void Names_ThatCannotBeOne_AreRefused(string name, string expected)
    {
        ServiceCollection services = new();

        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => services.AddRpcClient(name)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => services.AddRpcServer(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddressOfAService_ThatIsAName_SaysWhatToWrite()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddRpcClient<IGreeter>("backend"));

        Assert.Contains("'backend' is not an address", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddRpcClient(\"backend\").AddService<IGreeter>()", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Provide(Action<IServiceCollection> add)
    {
        ServiceCollection services = new();
        add(services);
        return services.BuildServiceProvider();
    }

    private sealed class FixedGreeter(string answer) : IGreeter
    {
        public ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default) => new(answer);
    }
}
