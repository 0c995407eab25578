using System.Runtime.InteropServices;
using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.File;

namespace Quickstart;

/// <summary>The server: options, a service, start, stop.</summary>
public static class ServerHalf
{
    /// <summary>Serves until Ctrl+C or SIGTERM.</summary>
    public static Task<int> RunAsync(string address) => ServeAsync(new RpcServerOptions().Listen(address), new TaskCompletionSource());

    /// <summary>
    /// Serves at a free port, and says so in a registry, until the standard input ends, which it also does when the process at its other
    /// end dies.
    /// </summary>
    public static async Task<int> RunRegisteredAsync(string registryAddress)
    {
        TaskCompletionSource stop = new();
        Thread watch = new(() =>
        {
            while (Console.In.Read() >= 0)
            {
                // Nobody is expected to write anything.
            }

            stop.TrySetResult();
        })
        { IsBackground = true, Name = "input" };
        watch.Start();
        await using IRegistry registry = new FileRegistryProvider().Create(RpcAddress.Parse(registryAddress));
        RpcServerOptions options = new RpcServerOptions().Listen("tcp://127.0.0.1:0");
        options.Registration.Registry = registry;
        return await ServeAsync(options, stop);
    }

    private static async Task<int> ServeAsync(RpcServerOptions options, TaskCompletionSource stop)
    {
        try
        {
            await using RpcServer server = new(options);
            server.AddService<ITextAnalysis>(new TextAnalysis(Console.WriteLine));
            await server.StartAsync();
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            Console.WriteLine($"listening at {server.Addresses[0]}");
            await stop.Task;
            await server.StopAsync(); // Calls in flight finish first.
            Console.WriteLine("stopped in order");
            return 0;
        }
        catch (Exception e) when (e is RpcException or FormatException or NotSupportedException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // The process ends when the server has stopped.
            stop.TrySetResult();
        }
    }
}
