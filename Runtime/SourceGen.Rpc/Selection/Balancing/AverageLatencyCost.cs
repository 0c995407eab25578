namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>How long the next call would take: the mean latency of late for each call that the node would then have in flight.</summary>
internal struct AverageLatencyCost(long now) : INodeCost
{
    /// <inheritdoc/>
    public readonly double Of(NodeState node, double perWeight)
    {
        int load = node.InFlight;
        if (node.HasPenalty) load += node.GetPenalty(now);
        return CallCost.Of(node.GetAverageLatency(now), load, perWeight);
    }
}
