using System.Text;
using SourceGen.Rpc;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.File;
using SourceGen.Rpc.Soak.Peer;

// "server ADDRESS" serves, and says in a line where. "client ADDRESS" calls in every way there is without coming to an end, and says in a
// line when each of its streams is under way. "member REGISTRY" serves as one of a fleet, says so when it is registered, and stops in order on
// SIGTERM. "subscriber REGISTRY" takes messages of the topic t in the group g, says which in a line each, and is never done with one. All end when
// their input does: a test that dies leaves no process behind.
if (args is not [("server" or "client" or "member" or "subscriber") and var role, var address])
{
    Console.Error.WriteLine("Usage: server ADDRESS | client ADDRESS | member REGISTRY | subscriber REGISTRY");
    return 2;
}

if (role == "server")
{
    await using RpcServer server = new RpcServer(new RpcServerOptions { DrainTimeout = TimeSpan.Zero }.Listen(address))
        .AddService<IPeer>(new PeerService());
    await server.StartAsync();
    Console.Out.WriteLine(server.Addresses[0]);
    WaitForTheEnd();
}
else if (role == "member")
{
    RpcServiceOptions options = new RpcServiceOptions { Name = "member" }
        .Listen("tcp://127.0.0.1:0").UseRegistry(address, new FileRegistryProvider());
    options.AfterStart.Add((service, _) =>
    {
        Console.Out.WriteLine(service.Server.Addresses[0]);
        Console.Out.Flush();
        return ValueTask.CompletedTask;
    });
    await using RpcService service = new RpcService(options).AddService<IPeer>(new PeerService());
    using CancellationTokenSource orphaned = new();
    _ = Task.Run(() =>
    {
        WaitForTheEnd();
        orphaned.Cancel();
    });
    await service.RunAsync(orphaned.Token);
}
else if (role == "subscriber")
{
    DirectBroker broker = new(new DirectBrokerOptions { Registry = new FileRegistryProvider().Create(RpcAddress.Parse(address)) });
    await broker.ConnectAsync();
    await broker.SubscribeAsync("t", HoldAsync, new SubscriptionOptions { QueueGroup = "g" });
    Console.Out.WriteLine("ready");
    WaitForTheEnd(); // Without disconnecting, which would wait for the messages.
}
else
{
    await using RpcClient client = await RpcClient.ConnectAsync(address, new RpcClientOptions { CallTimeout = Timeout.InfiniteTimeSpan });
    BusyClient busy = new(client.Get<IPeer>());
    await busy.UnderWay;
    Console.Out.WriteLine("busy");
    WaitForTheEnd();
}

return 0;

static async ValueTask<MessageOutcome> HoldAsync(IncomingMessage message, CancellationToken cancellationToken)
{
    Console.Out.WriteLine(Encoding.UTF8.GetString(message.Payload.Span));
    Console.Out.Flush();
    await Task.Delay(Timeout.Infinite, cancellationToken);
    return MessageOutcome.Acknowledge;
}

static void WaitForTheEnd()
{
    Console.Out.Flush();
    while (Console.In.Read() >= 0)
    {
    }
}
