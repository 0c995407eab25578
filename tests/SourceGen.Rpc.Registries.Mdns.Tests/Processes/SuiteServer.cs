using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Mdns.Tests.Support;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Processes;

/// <summary>A server in a process of its own, which registers itself on the loopback interface and says who it is.</summary>
internal static class SuiteServer
{
    /// <summary>The shortest that mDNS knows.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(10);

    /// <summary>Starts this assembly's Main as such a server.</summary>
    /// <param name="network">Where it registers.</param>
    /// <param name="number">Who it is.</param>
    public static Task<ServerProcess> StartAsync(Network network, int number) => ServerProcess.StartAsync(
        new ServerStart("dotnet", "exec", typeof(SuiteServer).Assembly.Location, "serve", $"{network.Port}", $"{number}") { ReadyLine = "ready" });

    /// <summary>Serves until the process is killed.</summary>
    public static async Task RunAsync(int port, int number)
    {
        await using MdnsRegistry registry = new(Network.Options(port));
        RpcServerOptions options = new();
        options.Listen("tcp://127.0.0.1:0");
        options.Registration.Registry = registry;
        options.Registration.TimeToLive = TimeToLive;
        options.Registration.Interval = TimeToLive / 3;
        options.Registration.InstanceId = $"server-{number}";
        await using RpcServer server = new RpcServer(options).AddService<ISuiteService>(new Service(number));
        await server.StartAsync();
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    private sealed class Service(int number) : ISuiteService
    {
        public ValueTask<int> WhoAsync(CancellationToken cancellationToken = default) => new(number);
    }
}
