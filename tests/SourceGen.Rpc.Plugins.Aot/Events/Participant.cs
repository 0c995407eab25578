using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Plugins.Aot.Events;

/// <summary>A host that handles events and reads letters, and publishes what it is told: <c>order ID</c> and <c>letter TEXT</c>.</summary>
internal static class Participant
{
    public const string ClerkHeader = "clerk";

    /// <summary>Runs it until its input ends.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="broker">The broker's address; null for what the configuration says.</param>
    public static async Task<int> RunAsync(HostApplicationBuilder builder, string? broker)
    {
        builder.Services.AddNatsBroker().AddRabbitMqBroker();
        builder.Services.AddRpcBroker(broker).AddPublisher<INativeOrders>().AddSubscriber<INativeOrders, Billing>();
        IHost host = builder.Build();
        await host.StartAsync();
        MessageBus bus = host.Services.GetRequiredService<MessageBus>();
        await bus.SubscribeAsync<INativeOrders>(new Audit());
        Letters letters = new(host.Services.GetRequiredService<IBroker>());
        await letters.SubscribeAsync();
        Console.WriteLine("ready");
        INativeOrders orders = host.Services.GetRequiredService<INativeOrders>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            string[] words = line.Split(' ');
            await (words[0] == "order" ? PlaceAsync(orders, words[1]) : letters.SendAsync(words[1]));
        }

        await host.StopAsync();
        // The broker can only be ended this way.
        await ((IAsyncDisposable)host).DisposeAsync();
        return 0;
    }

    private static async ValueTask PlaceAsync(INativeOrders orders, string id)
    {
        using (RpcCallScope.Begin(new RpcCallOptions { Headers = { { ClerkHeader, "ann" } } }))
            await orders.PlacedAsync(new NativeOrder(id, ["fish", "chips"]));
        await orders.ShippedAsync(id, 2);
    }
}
