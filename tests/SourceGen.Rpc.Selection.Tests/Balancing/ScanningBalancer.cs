namespace SourceGen.Rpc.Selection.Tests.Balancing;

/// <summary>A user's balancer, as docs/balancers.md shows it: it needs nothing but the interfaces.</summary>
public sealed class ScanningBalancer(Random random) : IBalancer
{
    public string Name => "scanning";

    public int Pick(NodeSet nodes, in PickRequest request)
    {
        if (nodes.TotalWeight == 0) return random.Next(nodes.Count);
        int pick = 0;
        for (int draw = 0; draw < 4; draw++)
        {
            long rest = random.NextInt64(nodes.TotalWeight);
            for (pick = 0; rest >= nodes.Weights[pick]; pick++) rest -= nodes.Weights[pick];
            if (request.Accepts(nodes[pick])) break;
        }

        return pick;
    }
}
