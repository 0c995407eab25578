using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Benchmarks.Micro.Selection;

/// <summary>What a call pays for its node's statistics.</summary>
[MemoryDiagnoser]
[MinColumn]
public class NodeStateBenchmark
{
    private readonly NodeState _node = new(new ServiceInstance(new ServiceRecord("Shop.Greeter"), new ServiceNode("a", "tcp://10.0.0.1:5000")), 0);
    private long _now = 1_000_000_000;

    /// <summary>Two interlocked operations, which is the least that counting calls in flight takes.</summary>
    [Benchmark(Baseline = true)]
    public void CountOnly()
    {
        _node.BeginCall();
        _node.EndCall(1, CallOutcome.None);
    }

    /// <summary>With the time in hand, as whoever measured how long the call took has it.</summary>
    [Benchmark]
    public void Success()
    {
        _node.BeginCall();
        _node.EndCall(250_000, CallOutcome.Success, _now += 10_000);
    }

    /// <summary>With the clock read once more.</summary>
    [Benchmark]
    public void SuccessReadingTheClock()
    {
        _node.BeginCall();
        _node.EndCall(250_000, CallOutcome.Success);
    }
}
