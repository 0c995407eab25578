using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Plugins.Aot;
using SourceGen.Rpc.Plugins.Aot.Events;
using SourceGen.Rpc.Registries.Static;

// Server, client and what takes part in events, in one native binary. `server [REGISTRY]` registers there and serves, `client [REGISTRY]` finds the
// service there and greets each name that it reads, `events [BROKER]` publishes what it reads and handles what is published. Without an address the
// configuration's Rpc:Registry or Rpc:Broker is taken. All end when their input does.
return args switch
{
    ["server", .. { Length: <= 1 } registry] => await ServeAsync(registry.FirstOrDefault()),
    ["client", .. { Length: <= 1 } registry] => await CallAsync(registry.FirstOrDefault()),
    ["events", .. { Length: <= 1 } broker] => await Participant.RunAsync(CreateBuilder(registry: null), broker.FirstOrDefault()),
    _ => Usage(),
};

static async Task<int> ServeAsync(string? registry)
{
    HostApplicationBuilder builder = CreateBuilder(registry);
    builder.Services.AddRpcServer(static options => options.Listen("tcp://127.0.0.1:0")).AddService<INativeGreeter, NativeGreeter>();
    using IHost host = builder.Build();
    await host.StartAsync();
    Console.WriteLine(host.Services.GetRequiredService<RpcServer>().Addresses[0]);
    while (await Console.In.ReadLineAsync() is not null)
    {
        // Whoever started the server holds the other end of its input; when it is closed, nobody is left to serve.
    }

    await host.StopAsync();
    return 0;
}

static async Task<int> CallAsync(string? registry)
{
    HostApplicationBuilder builder = CreateBuilder(registry);
    builder.Services.AddRpcClient<INativeGreeter>();
    using IHost host = builder.Build();
    await host.StartAsync();
    await host.Services.GetRequiredService<IServiceDirectory>().SubscribeAsync(
        ServiceUrl.Parse("consumer://localhost/Native.Greeter?group=*&version=*&check=false"), new InstanceReport());
    INativeGreeter greeter = host.Services.GetRequiredService<INativeGreeter>();
    while (await Console.In.ReadLineAsync() is { } name) await GreetAsync(greeter, name);
    await host.StopAsync();
    return 0;
}

static async Task GreetAsync(INativeGreeter greeter, string name)
{
    try
    {
        Greeting greeting = await greeter.HelloAsync(name);
        Console.WriteLine($"{greeting.Text} (from process {greeting.ServerProcess})");
    }
    catch (RpcException e)
    {
        Console.WriteLine($"{e.Code}: {e.Message}");
    }
}

static HostApplicationBuilder CreateBuilder(string? registry)
{
    HostApplicationBuilder builder = Host.CreateApplicationBuilder();
    // Its output is read by the tests, and what is logged only by who looks why one has failed.
    builder.Services.Configure<ConsoleLoggerOptions>(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    builder.Services.AddEtcdRegistry().AddConsulRegistry().AddZooKeeperRegistry().AddDnsRegistry();
    IConfigurationSection list = builder.Configuration.GetSection("Rpc:Registry:Static");
    if (!list.Exists())
    {
        builder.Services.AddRpcRegistry(registry);
        return builder;
    }

    // The list of the static registry is the one thing that is bound to options by name.
    builder.Services.Configure<StaticRegistryOptions>(list);
    builder.Services.AddStaticRegistry("static://");
    return builder;
}

static int Usage()
{
    Console.Error.WriteLine("Usage: SourceGen.Rpc.Plugins.Aot server|client [REGISTRY], or events [BROKER]");
    return 2;
}
