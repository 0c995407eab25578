using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>Whole calls, client and server in this process.</summary>
[MemoryDiagnoser]
public class EndToEndBenchmark
{
    private const int Calls = 4096;

    private RpcServer _server = null!;
    private RpcClient _client = null!;
    private IEngineContract _service = null!;

    [Params("memory://", "tcp://127.0.0.1:0")]
    public string Address { get; set; } = "";

    [Params(1, 64)]
    public int Callers { get; set; }

    // Synchronous, because the in-process toolchain does not wait for asynchronous ones.
    [GlobalSetup]
    public void Setup() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => StopAsync().GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Calls)]
    public void Add() => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(Calls / Callers))).GetAwaiter().GetResult();

    private async Task StartAsync()
    {
        _server = new RpcServer(new RpcServerOptions().Listen(Address)).AddService<IEngineContract>(new EngineService());
        await _server.StartAsync();
        _client = await RpcClient.ConnectAsync(_server.Addresses[0].ToString());
        _service = _client.Get<IEngineContract>();
    }

    private async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task CallAsync(int calls)
    {
        for (int i = 0; i < calls; i++) await _service.AddAsync(i, 1);
    }
}
