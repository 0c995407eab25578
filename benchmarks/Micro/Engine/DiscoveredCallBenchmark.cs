using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What it costs a call that its server is chosen among those that a registry names, against a client of one address.</summary>
[MemoryDiagnoser]
public class DiscoveredCallBenchmark
{
    private const int Calls = 4096;

    private RpcServer _server = null!;
    private ServiceDirectory _directory = null!;
    private RpcClient _direct = null!;
    private RpcClient _discovering = null!;

    [Params(1, 64)]
    public int Callers { get; set; }

    // Synchronous, because the in-process toolchain does not wait for asynchronous ones.
    [GlobalSetup]
    public void Setup() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => StopAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls)]
    public void Direct() => Run(_direct.Get<IEngineContract>());

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Discovered() => Run(_discovering.Get<IEngineContract>());

    private void Run(IEngineContract service) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(service, Calls / Callers))).GetAwaiter().GetResult();

    private async Task StartAsync()
    {
        _server = new RpcServer(new RpcServerOptions().Listen("memory://")).AddService<IEngineContract>(new EngineService());
        await _server.StartAsync();
        string address = _server.Addresses[0].ToString();
        _direct = await RpcClient.ConnectAsync(address);
        _directory = new ServiceDirectory(new FixedRegistry(service => new(service) { Nodes = [new ServiceNode("node", address)] }));
        _discovering = RpcClient.Create(new RpcClientOptions { Directory = _directory });
    }

    private async Task StopAsync()
    {
        await _discovering.DisposeAsync();
        await _direct.DisposeAsync();
        await _directory.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task CallAsync(IEngineContract service, int calls)
    {
        for (int i = 0; i < calls; i++) await service.AddAsync(i, 1);
    }
}
