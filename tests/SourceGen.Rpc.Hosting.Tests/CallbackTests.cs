using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.Hosting.Tests.Support;

namespace SourceGen.Rpc.Hosting.Tests;

/// <summary>Clients of a host that offer services to their server.</summary>
public sealed class CallbackTests
{
    [Fact]
    public async Task ServicesOfTheClient_ComeFromItsContainer_AndTheServerCallsThem()
    {
        IHost server = await TestHost.StartAsync(services => services
            .AddRpcServer(o => o.Listen("tcp://127.0.0.1:0"))
            .AddService<IGreeter, CurteousGreeter>());
        IHost client = await TestHost.StartAsync(services =>
        {
            services.AddSingleton(new Title("Countess"));
            services.AddRpcClient<IGreeter>(server.AddressOf())
                .AddService<ITitles, Titles>(ServiceLifetime.Scoped)
                .AddService<ICalculator>(new Calculator());
        });

        Assert.Equal("Hello, Countess Ada 5", await client.Services.GetRequiredService<IGreeter>().GreetAsync("Ada"));

        // What is offered is not what is injected: nobody calls this process's own titles.
        Assert.Null(client.Services.GetService<ITitles>());
        await client.StopAndDisposeAsync();
        await server.StopAndDisposeAsync();
    }

    [Fact]
    public async Task AScopedImplementation_LivesForOneCall()
    {
        IHost server = await TestHost.StartAsync(services => services
            .AddRpcServer(o => o.Listen("memory://"))
            .AddService<IGreeter, CurteousGreeter>());
        List<Titles> created = [];
        IHost client = await TestHost.StartAsync(services =>
        {
            services.AddScoped(_ =>
            {
                Titles titles = new(new Title("Dr."));
                created.Add(titles);
                return titles;
            });
            services.AddRpcClient<IGreeter>(server.AddressOf()).AddService<ITitles, Titles>().AddService<ICalculator>(new Calculator());
        });

        IGreeter greeter = client.Services.GetRequiredService<IGreeter>();
        await greeter.GreetAsync("Ada");
        await greeter.GreetAsync("Ada");
        await client.StopAndDisposeAsync();

        Assert.Equal(2, created.Count);
        Assert.All(created, titles => Assert.True(titles.IsDisposed));
        await server.StopAndDisposeAsync();
    }

    private sealed record Title(string Text);

    private sealed class Titles(Title title) : ITitles, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask<string> TitleOfAsync(string name) => new(title.Text);

        public void Dispose() => IsDisposed = true;
    }

    /// <summary>Asks the caller how to be addressed.</summary>
    private sealed class CurteousGreeter : IGreeter
    {
        public async ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default)
        {
            string title = await RpcContext.GetCaller<ITitles>().TitleOfAsync(name);
            return $"Hello, {title} {name} {await RpcContext.GetCaller<ICalculator>().AddAsync(2, 3)}";
        }
    }
}
