using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What <c>rpc.Stats</c> adds to a call: a handler that ends at once, as it is and counted.</summary>
[MemoryDiagnoser]
public class CountingBenchmark
{
    private readonly object _service = new();
    private UnaryHandler<object, int, int> _plain = null!;
    private UnaryHandler<object, int, int> _counted = null!;

    [GlobalSetup]
    public void Setup()
    {
        _plain = static (object _, in int request, CancellationToken _) => new ValueTask<int>(request + 1);
        _counted = new CallCounts().Count(Method<IEngineContract>(), _plain);
    }

    [Benchmark(Baseline = true)]
    public int Plain() => _plain(_service, 1, CancellationToken.None).Result;

    [Benchmark]
    public int Counted() => _counted(_service, 1, CancellationToken.None).Result;

    private static RpcMethod Method<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.Methods[0];
}
