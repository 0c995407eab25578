using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What the call path pays for knowing where a service is.</summary>
[MemoryDiagnoser]
public class DirectoryBenchmark
{
    private ServiceDirectory _directory = null!;

    [Params(1, 500)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _directory = new ServiceDirectory(new FixedRegistry(static service => new(service)
        {
            Nodes = [.. Enumerable.Range(0, 20).Select(static i => new ServiceNode($"node-{i}", $"tcp://10.0.0.{i}:5000"))],
        }));
        for (int i = 0; i < Services; i++) _directory.GetAsync($"Shop.Service{i}").AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Cleanup() => _directory.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public int LookUp() => _directory.TryGet("Shop.Service0", out ServiceSnapshot? snapshot) ? snapshot.Instances.Length : 0;
}
