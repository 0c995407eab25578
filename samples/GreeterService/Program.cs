using GreeterService;
using SourceGen.Rpc;
using SourceGen.Rpc.Registries.File;

RpcServiceOptions options = new RpcServiceOptions { Name = "greeter", Version = "1.0" }
    .Listen("tcp://127.0.0.1:0").UseRegistry(args[0], new FileRegistryProvider());
options.AfterStart.Add(async (service, ct) =>
{
    Greeting greeting = await service.Client.Get<IGreeter>().HelloAsync("world", ct);    // found by the name of its contract
    Console.WriteLine($"{service.Server.Addresses[0]} says: {greeting.Text}");
});
await using RpcService service = new RpcService(options).AddService<IGreeter>(new Greeter());
await service.RunAsync();                                                                // until SIGTERM or Ctrl+C
Console.WriteLine("stopped");
