using SourceGen.Rpc;
using SourceGen.Rpc.Soak.Peer;

// "server ADDRESS" serves, and says in a line where. "client ADDRESS" calls in every way there is without coming to an end, and says in a
// line when each of its streams is under way. Both end when their input does: a test that dies leaves no process behind.
if (args is not [("server" or "client") and var role, var address])
{
    Console.Error.WriteLine("Usage: server ADDRESS | client ADDRESS");
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
else
{
    await using RpcClient client = await RpcClient.ConnectAsync(address, new RpcClientOptions { CallTimeout = Timeout.InfiniteTimeSpan });
    BusyClient busy = new(client.Get<IPeer>());
    await busy.UnderWay;
    Console.Out.WriteLine("busy");
    WaitForTheEnd();
}

return 0;

static void WaitForTheEnd()
{
    Console.Out.Flush();
    while (Console.In.Read() >= 0)
    {
    }
}
