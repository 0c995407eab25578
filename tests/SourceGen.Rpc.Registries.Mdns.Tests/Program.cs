using System.Globalization;
using System.Net;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Mdns;
using SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;
using SourceGen.Rpc.Registries.Mdns.Tests.Processes;

// What the tests start as other processes, which end when they are killed.
// On a machine of its own, in a network namespace, with all its interfaces:
//   register SERVICE NODE   announces a node
//   watch SERVICE           says which nodes it sees
//   hear                    says which announcements come to eth0
//   ask ADDRESS SERVICE     asks one machine alone, and says when that has answered
// On this machine:
//   serve PORT NUMBER       is a server that registers itself on the loopback interface
// The variable RESCAN is in how many milliseconds interfaces are looked at.
string? rescan = Environment.GetEnvironmentVariable("RESCAN");
await using MdnsRegistry registry = new(new MdnsRegistryOptions
{
    QueryWindow = TimeSpan.FromMilliseconds(200),
    ProbeInterval = TimeSpan.FromMilliseconds(20),
    AnnounceInterval = TimeSpan.FromMilliseconds(100),
    RescanInterval = TimeSpan.FromMilliseconds(rescan is null ? 200 : int.Parse(rescan, CultureInfo.InvariantCulture)),
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
    case ["hear"]:
        await Onlooker.HearAsync();
        return 0;
    case ["ask", string address, string service]:
        await Onlooker.AskAsync(IPAddress.Parse(address), service);
        return 0;
    case ["serve", string port, string number]:
        await SuiteServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture));
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
