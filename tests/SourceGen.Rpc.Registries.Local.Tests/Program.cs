using System.Globalization;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.File;

// What the tests start as a process of its own: starts a server as tests do, says which, and waits for its end.
if (args is ["server"])
{
    await using ServerProcess server = await ServerProcess.StartAsync(new ServerStart("sleep", "1000"));
    Console.WriteLine($"server {server.Id} ready");
    await Task.Delay(Timeout.Infinite);
}

// Or: enters nodes into a directory, says so, and waits for its end.
// Arguments: the directory, the service, the number of nodes that stay, the number that come and go.
if (args is not [string directory, string service, string staying, string leaving])
{
    await Console.Error.WriteLineAsync("This is started by tests; run them by dotnet test.");
    return 1;
}

await using FileRegistry registry = new(new FileRegistryOptions { Directory = directory });

ServiceRecord Record(string name) =>
    new(service, "1.0") { Nodes = [new ServiceNode($"{Environment.ProcessId}-{name}", "tcp://127.0.0.1:5000")] };

for (int i = 0; i < int.Parse(leaving, CultureInfo.InvariantCulture); i++)
{
    ServiceRecord record = Record($"leaving-{i}");
    await registry.RegisterAsync(record);
    await registry.DeregisterAsync(record);
}

for (int i = 0; i < int.Parse(staying, CultureInfo.InvariantCulture); i++) await registry.RegisterAsync(Record($"staying-{i}"));
Console.WriteLine("ready");
await Task.Delay(Timeout.Infinite);
return 0;
