using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Mdns;

// What the tests start as a machine of its own, in a network namespace: `register SERVICE NODE` announces a node, `watch SERVICE` says which
// nodes it sees. Both use all interfaces there are, and end when they are killed.
await using MdnsRegistry registry = new(new MdnsRegistryOptions
{
    QueryWindow = TimeSpan.FromMilliseconds(200),
    ProbeInterval = TimeSpan.FromMilliseconds(20),
    AnnounceInterval = TimeSpan.FromMilliseconds(100),
    RescanInterval = TimeSpan.FromMilliseconds(200),
});
switch (args)
{
    case ["register", string service, string node]:
        await RepeatAsync(() => registry.RegisterAsync(
            new ServiceRecord(service) { Nodes = [new ServiceNode(node, "tcp://10.77.0.1:5000")] }).AsTask());
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;
    case ["watch", string service]:
        Console.WriteLine("ready");
        await RepeatAsync(async () =>
        {
            await foreach (RegistryEvent change in registry.WatchAsync(service))
            {
                foreach (ServiceNode node in change.Records.SelectMany(static record => record.Nodes)) Console.WriteLine($"{change.Kind}: {node.Id}");
            }
        });
        return 0;
    default:
        await Console.Error.WriteLineAsync("This is started by tests; run them by dotnet test.");
        return 1;
}

// As long as no interface is up, which is Unavailable.
static async Task RepeatAsync(Func<Task> operation)
{
    while (true)
    {
        try
        {
            await operation();
            return;
        }
        catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable)
        {
            await Task.Delay(50);
        }
    }
}
