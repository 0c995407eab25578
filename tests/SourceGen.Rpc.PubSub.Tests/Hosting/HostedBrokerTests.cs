using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Hosting;
using SourceGen.Rpc.PubSub.Tests.Support;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.PubSub.Tests.Hosting;

/// <summary>Publishers and handlers of a host.</summary>
public sealed class HostedBrokerTests
{
    [Fact]
    public async Task AnInjectedInterfacePublishesAndRegisteredHandlersGetItsEvents()
    {
        HostApplicationBuilder builder = Builder();
        RpcBrokerBuilder broker = builder.Services.AddRpcBroker(NewAddress());
        broker.AddPublisher<IOrderEvents>();
        broker.AddSubscriber<IOrderEvents, OrderLog>(static options => options.Concurrency = 1);
        broker.AddSubscriber<IOrderEvents, Billing>();
        using IHost host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IOrderEvents>().PlacedAsync(new OrderPlaced("17", 1));
        Assert.Equal(["placed 17 x1"], await host.Services.GetRequiredService<OrderLog>().WaitAsync(1));
        Assert.Equal(["placed 17 x1"], await host.Services.GetRequiredService<Billing>().WaitAsync(1));
        IBroker engine = host.Services.GetRequiredService<IBroker>();
        Assert.Equal(BrokerStatus.Connected, engine.State.Status);
        await host.StopAsync();
        Assert.Equal(BrokerStatus.Disconnected, engine.State.Status);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task AScopedHandlerIsCreatedForEachEventAndDisposedOfAfterIt()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddSingleton<Ledger>();
        RpcBrokerBuilder broker = builder.Services.AddRpcBroker(NewAddress());
        broker.AddPublisher<IOrderEvents>().AddSubscriber<IOrderEvents, ScopedHandler>(lifetime: ServiceLifetime.Scoped);
        using IHost host = builder.Build();
        await host.StartAsync();
        for (int i = 0; i < 3; i++) await host.Services.GetRequiredService<IOrderEvents>().CancelledAsync();
        Ledger ledger = host.Services.GetRequiredService<Ledger>();
        SpinWait.SpinUntil(() => ledger.Ended == 3, TimeSpan.FromSeconds(20));
        Assert.Equal((3, 3), (ledger.Begun, ledger.Ended));
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task TheConfigurationChoosesTheBroker_AndHealthSaysHowItIs()
    {
        HostApplicationBuilder builder = Builder(("Rpc:Broker", NewAddress()));
        builder.Services.AddRpcBroker("unknown://in-code");
        builder.Services.AddHealthChecks();
        using IHost host = builder.Build();
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync()).Entries["rpc-broker"].Status);
        await host.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["rpc-broker"].Status);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Theory]
    [InlineData("nats://h:1", "No broker serves 'nats://'")]
    [InlineData("somewhere", "'somewhere'")]
    [InlineData("memory://h?colour=red", "colour")]
    [InlineData(null, "has no address")]
    public async Task AWrongAddressFailsTheStartWithAReason(string? address, string reason)
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcBroker(address);
        using IHost host = builder.Build();
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public async Task WhatTheBrokerCannotDoFailsTheStart()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcBroker(NewAddress()).AddSubscriber<IOrderEvents, Billing>(static options => options.IsDurable = true);
        using IHost host = builder.Build();
        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(() => host.StartAsync());
        Assert.Contains(nameof(SubscriptionOptions.IsDurable), error.Message);
    }

    [Fact]
    public async Task TheConfigurationSaysHowEventsAreDeliveredToAHandler()
    {
        HostApplicationBuilder builder = Builder(("Rpc:Subscribers:Billing:Concurrency", "4"), ("Rpc:Subscribers:Billing:QueueGroup", "accounting"));
        LogLines log = new();
        builder.Services.AddSingleton<ILoggerFactory>(log);
        RpcBrokerBuilder broker = builder.Services.AddRpcBroker(NewAddress());
        broker.AddPublisher<IOrderEvents>().AddSubscriber<IOrderEvents, Billing>(static options => options.Concurrency = 2);
        using IHost host = builder.Build();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using Opening opening = new(gate);
        Billing billing = host.Services.GetRequiredService<Billing>();
        billing.Handling = async (_, _) => await gate.Task;
        await host.StartAsync();
        Assert.Contains(log.Lines, static line => line.Contains("Handles tests.orders.> (group: accounting)"));
        for (int i = 0; i < 8; i++) await host.Services.GetRequiredService<IOrderEvents>().CancelledAsync();
        await billing.WaitAsync(4); // More begin only if more may be handled at a time.
        gate.SetResult();
        await billing.WaitAsync(8);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task ASubscribersSectionThatNobodyReadsIsNamedInAWarning()
    {
        HostApplicationBuilder builder = Builder(("Rpc:Subscribers:Biling:Concurrency", "4"));
        LogLines log = new();
        builder.Services.AddSingleton<ILoggerFactory>(log);
        builder.Services.AddRpcBroker(NewAddress()).AddSubscriber<IOrderEvents, Billing>();
        using IHost host = builder.Build();
        await host.StartAsync();
        Assert.Equal(
            ["The configuration section Rpc:Subscribers:Biling is not used: no subscriber has this name; the names here are Billing"], log.Warnings);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task MistakesInASubscribersConfigurationFailTheStart()
    {
        HostApplicationBuilder builder = Builder(("Rpc:Subscribers:Billing:Concurency", "4"), ("Rpc:Subscribers:Billing:Prefetch", "many"));
        builder.Services.AddRpcBroker(NewAddress()).AddSubscriber<IOrderEvents, Billing>();
        using IHost host = builder.Build();
        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("Rpc:Subscribers:Billing:Prefetch", error.Message);
        Assert.Contains("Concurrency", error.Message);
    }

    [Fact]
    public async Task ClientsOfTheHostPublishToItsBroker()
    {
        HostApplicationBuilder builder = Builder();
        builder.Services.AddRpcClient(static options => options.Address = "memory://nobody-is-called");
        builder.Services.AddRpcBroker(NewAddress()).AddSubscriber<IOrderEvents, OrderLog>();
        using IHost host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<RpcClient>().GetPublisher<IOrderEvents>().CancelledAsync();
        Assert.Equal(["cancelled"], await host.Services.GetRequiredService<OrderLog>().WaitAsync(1));
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static string NewAddress() => $"memory://{Guid.NewGuid()}";

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(static one => KeyValuePair.Create(one.Key, (string?)one.Value)));
        return builder;
    }

    private sealed class Ledger
    {
        public int Begun;
        public int Ended;
    }

    private sealed class ScopedHandler : IOrderEvents, IAsyncDisposable
    {
        private readonly Ledger _ledger;

        public ScopedHandler(Ledger ledger)
        {
            _ledger = ledger;
            Interlocked.Increment(ref ledger.Begun);
        }

        public ValueTask PlacedAsync(OrderPlaced order, CancellationToken cancellationToken = default) => default;

        public ValueTask ShippedAsync(string id, int parts, CancellationToken cancellationToken = default) => default;

        public ValueTask CancelledAsync() => default;

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref _ledger.Ended);
            return default;
        }
    }
}
