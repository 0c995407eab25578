using System.Text;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.PubSub.Tests.Support;

namespace SourceGen.Rpc.PubSub.Tests.Bus;

/// <summary>Publishing with a client and handling in a server, as the seeds have it.</summary>
public sealed class ClientAndServerTests
{
    [Fact]
    public async Task AServerHandlesEventsFromItsStartToItsEnd_WhichAClientPublishes()
    {
        await using MessageBus bus = new(new MemoryBroker(new MemoryBrokerOptions { Name = Guid.NewGuid().ToString() }));
        string address = $"memory://{Guid.NewGuid()}";
        OrderLog log = new();
        Inbox raw = new();
        await using RpcServer server = new RpcServer(new RpcServerOptions { Bus = bus }.Listen(address))
            .AddSubscriber<IOrderEvents>(log)
            .AddSubscriber("tests.raw.*", raw.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
        await server.StartAsync();
        await using RpcClient client = RpcClient.Create(address, new RpcClientOptions { Bus = bus });
        await client.GetPublisher<IOrderEvents>().CancelledAsync();
        await client.PublishAsync(RpcClient.NewMessage("tests.raw.one", Encoding.UTF8.GetBytes("hello")));
        Assert.Equal(["cancelled"], await log.WaitAsync(1));
        Assert.Equal("hello", (await raw.WaitAsync(1, TimeSpan.FromSeconds(20)))[0].Text);
        await server.StopAsync();
        await client.GetPublisher<IOrderEvents>().CancelledAsync();
        await Task.Delay(50);
        Assert.Single(log.Seen);
    }

    [Fact]
    public async Task WithoutABusItIsSaidWhatToSet()
    {
        await using RpcServer server = new(new RpcServerOptions().Listen("memory://none"));
        Assert.Contains("RpcServerOptions.Bus", Assert.Throws<InvalidOperationException>(() => server.AddSubscriber<IOrderEvents>(new OrderLog())).Message);
        await using RpcClient client = RpcClient.Create("memory://none");
        Assert.Contains("RpcClientOptions.Bus", Assert.Throws<InvalidOperationException>(() => client.GetPublisher<IOrderEvents>()).Message);
        Assert.Equal(RpcStatusCode.InvalidArgument, Assert.Throws<RpcException>(() => RpcClient.NewMessage("a..b", default)).Code);
    }
}
