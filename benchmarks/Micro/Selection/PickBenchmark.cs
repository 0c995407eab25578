using BenchmarkDotNet.Attributes;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Balancing;

namespace SourceGen.Rpc.Benchmarks.Micro.Selection;

/// <summary>What a call pays for the choice of its node, among nodes that have calls in flight, latencies and different weights.</summary>
[MemoryDiagnoser]
[MinColumn]
public class PickBenchmark
{
    private const int Picks = 1_000;

    private readonly ulong[] _keys = new ulong[Picks];
    private IBalancer _balancer = null!;
    private NodeSet _nodes = null!;

    [Params(10, 1_000)]
    public int Nodes { get; set; }

    [ParamsSource(nameof(Names))]
    public string Balancer { get; set; } = "";

    public static IEnumerable<string> Names => Balancers.Names;

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _balancer = Balancers.Create(Balancer, new BalancerOptions { Zone = "zone-0" });
        var record = new ServiceRecord("Shop.Greeter");
        NodeState[] nodes = new NodeState[Nodes];
        int[] weights = new int[Nodes];
        for (int i = 0; i < Nodes; i++)
        {
            var node = new ServiceNode($"node-{i}", $"tcp://10.0.{i / 250}.{i % 250 + 1}:5000")
            {
                Metadata = ServiceMetadata.Create([KeyValuePair.Create(ServiceMetadataKeys.Zone, $"zone-{i % 3}")]),
            };
            nodes[i] = new NodeState(new ServiceInstance(record, node), i);
            weights[i] = 50 + random.Next(150);
            nodes[i].BeginCall();
            nodes[i].EndCall(random.Next(100_000, 1_000_000), CallOutcome.Success);
            for (int calls = random.Next(8); calls > 0; calls--) nodes[i].BeginCall();
        }

        _nodes = new NodeSet(nodes, weights);
        for (int i = 0; i < Picks; i++) _keys[i] = KeyHash.Of(i);
    }

    [Benchmark(OperationsPerInvoke = Picks)]
    public int Pick()
    {
        int sum = 0;
        foreach (ulong key in _keys) sum += _balancer.Pick(_nodes, new PickRequest { Key = key });
        return sum;
    }
}
