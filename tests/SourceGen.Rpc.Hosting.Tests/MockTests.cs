using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;
using NSubstitute;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>What users' own tests do: stand in for a service, on either side of the wire.</summary>
public sealed class MockTests
{
    [Fact]
    public async Task NSubstitute_ReplacesTheClientInAContainer()
    {
        IGreeter substitute = Substitute.For<IGreeter>();
        substitute.GreetAsync("Ada", Arg.Any<CancellationToken>()).Returns("Hi");
        ServiceCollection services = new();
        services.AddRpcClient<IGreeter>();
        services.AddSingleton(substitute);
        services.AddSingleton<Page>();
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal("<h1>Hi</h1>", await provider.GetRequiredService<Page>().RenderAsync("Ada"));
        await substitute.Received(1).GreetAsync("Ada", Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Moq_ReplacesTheClientInAContainer()
    {
        Mock<IGreeter> mock = new(MockBehavior.Strict);
        mock.Setup(greeter => greeter.GreetAsync("Ada", It.IsAny<CancellationToken>())).ReturnsAsync("Hi");
        ServiceCollection services = new();
        services.AddRpcClient<IGreeter>();
        services.AddSingleton(mock.Object);
        services.AddSingleton<Page>();
        await using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal("<h1>Hi</h1>", await provider.GetRequiredService<Page>().RenderAsync("Ada"));
        mock.VerifyAll();
    }

    [Fact]
    public async Task Mocks_AreImplementationsThatAServerCanOffer()
    {
        IGreeter substitute = Substitute.For<IGreeter>();
        substitute.GreetAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(call => $"Hi, {call.Arg<string>()}");
        Mock<ICalculator> mock = new();
        mock.Setup(calculator => calculator.AddAsync(2, 3)).ReturnsAsync(6);
        string address = TestHost.NewAddress();
        IHost host = await TestHost.StartAsync(services =>
        {
            services.AddRpcServer(o => o.Listen(address)).AddService(substitute).AddService(mock.Object);
            services.AddRpcClient<IGreeter>(address).AddService<ICalculator>();
        });

        Assert.Equal("Hi, Ada", await host.Services.GetRequiredService<IGreeter>().GreetAsync("Ada"));
        Assert.Equal(6, await host.Services.GetRequiredService<ICalculator>().AddAsync(2, 3));
        await host.StopAndDisposeAsync();
    }

    private sealed class Page(IGreeter greeter)
    {
        public async Task<string> RenderAsync(string name) => $"<h1>{await greeter.GreetAsync(name)}</h1>";
    }
}
