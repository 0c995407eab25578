using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc;
using SourceGen.Rpc.Hosting;

namespace Orders;

/// <summary>One of the processes: a host with a server or a subscriber, which ends with its standard input.</summary>
internal static class Role
{
    public const string Ready = "ready";

    /// <summary>Runs the host.</summary>
    /// <param name="name">Which: shop, billing or audit.</param>
    /// <param name="registry">Where services and, with the direct broker, subscribers are found.</param>
    /// <param name="broker">What events go through.</param>
    public static async Task<int> RunAsync(string name, string registry, string broker)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRpcRegistry(registry).AddNatsBroker().AddRabbitMqBroker();
        RpcBrokerBuilder events = builder.Services.AddRpcBroker(broker).AddPublisher<IOrderEvents>();
        switch (name)
        {
            case "shop":
                builder.Services.AddRpcServer(static options => options.Listen("tcp://127.0.0.1:0")).AddService<IOrders, Shop>();
                break;
            case "billing":
                events.AddSubscriber<IOrderEvents, Billing>();
                break;
            default:
                events.AddSubscriber<IOrderEvents, Audit>();
                break;
        }

        using IHost host = builder.Build();
        try
        {
            await host.StartAsync();
            Console.WriteLine(Ready);
            await Task.Run(WaitForTheEndOfInput);
            await host.StopAsync();
            return 0;
        }
        catch (Exception e) when (e is RpcException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        finally
        {
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    private static void WaitForTheEndOfInput()
    {
        while (Console.In.Read() >= 0)
        {
            // Nobody is expected to write anything.
        }
    }
}
