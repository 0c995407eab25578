using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.PubSub.Tests.Support;
using SourceGen.Rpc.Samples.Broker;

namespace SourceGen.Rpc.PubSub.Tests.ThirdParty;

public sealed class RelayBrokerHostingTests
{
    [Fact]
    public async Task AHostChoosesItByItsAddress()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<IBrokerProvider, RelayBrokerProvider>();
        builder.Services.AddRpcBroker("relay://").AddPublisher<IOrderEvents>().AddSubscriber<IOrderEvents, OrderLog>();
        using IHost host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IOrderEvents>().CancelledAsync();
        Assert.Equal(["cancelled"], await host.Services.GetRequiredService<OrderLog>().WaitAsync(1));
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
