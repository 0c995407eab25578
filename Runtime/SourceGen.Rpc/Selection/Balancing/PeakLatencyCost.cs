namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>How long the next call would take: the peak-sensitive latency for each call that the node would then have in flight.</summary>
internal struct PeakLatencyCost(Clock clock) : INodeCost
{
    private long _now;

    /// <inheritdoc/>
    public double Of(NodeState node, double perWeight)
    {
        int load = node.InFlight;
        if (load != 0 && !node.HasPenalty) return CallCost.Of(node.Latency, load, perWeight);

        // What has decayed buys an idle node one call. Were it to buy more, a slow node that nobody called for a while would be flooded
        // until the first of them came back. So only idle nodes, and those that failed, need a clock.
        if (_now == 0) _now = clock.Now;
        load += node.GetPenalty(_now);
        return CallCost.Of(load == 0 ? node.GetLatency(_now) : node.Latency, load, perWeight);
    }
}
