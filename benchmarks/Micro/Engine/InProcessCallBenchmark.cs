using BenchmarkDotNet.Attributes;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>One caller, one call after the other: a server in the same process called directly, and as it would be if it were not known to be there.</summary>
[MemoryDiagnoser]
public class InProcessCallBenchmark
{
    private const int Calls = 4096;

    private readonly Message _message = new() { Id = 1, Name = "somebody", Payload = new byte[64] };
    private RpcServer _server = null!;
    private RpcClient _client = null!;
    private IEngineContract _service = null!;

    /// <summary>How the server is reached; <c>share*</c> is a server whose calls have a context (FlowContext), which is the default.</summary>
    [Params("share", "share*", "serialize", "memory", "unix", "tcp")]
    public string Way { get; set; } = "";

    // Synchronous, because the in-process toolchain does not wait for asynchronous ones.
    [GlobalSetup]
    public void Setup() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => StopAsync().GetAwaiter().GetResult();

    /// <summary>Two numbers and a sum.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void Add() => Task.Run(AddAsync).GetAwaiter().GetResult();

    /// <summary>An object with a text and 64 bytes.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void Echo() => Task.Run(EchoAsync).GetAwaiter().GetResult();

    private async Task AddAsync()
    {
        for (int i = 0; i < Calls; i++) await _service.AddAsync(i, 1);
    }

    private async Task EchoAsync()
    {
        for (int i = 0; i < Calls; i++) await _service.EchoAsync(_message);
    }

    private async Task StartAsync()
    {
        string address = Way switch
        {
            "memory" => "memory://",
            "unix" => $"unix://{Path.Combine(Path.GetTempPath(), $"sourcegen-rpc-{Environment.ProcessId}.sock")}",
            "tcp" => "tcp://127.0.0.1:0",
            _ => "inproc://",
        };
        _server = new RpcServer(new RpcServerOptions { FlowContext = Way == "share*" }.Listen(address)).AddService<IEngineContract>(new EngineService());
        await _server.StartAsync();
        RpcIsolation isolation = Way.StartsWith("share", StringComparison.Ordinal) ? RpcIsolation.Share : RpcIsolation.Serialize;
        _client = await RpcClient.ConnectAsync(_server.Addresses[0].ToString(), new RpcClientOptions { Isolation = isolation });
        _service = _client.Get<IEngineContract>();
    }

    private async Task StopAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }
}
