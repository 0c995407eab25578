namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>Calls in flight for the node's weight, and what is held against it for calls that failed.</summary>
internal struct LoadCost(Clock clock) : INodeCost
{
    private long _now;

    /// <inheritdoc/>
    public double Of(NodeState node, double perWeight)
    {
        int load = node.InFlight;
        if (node.HasPenalty)
        {
            // Most picks need no clock.
            if (_now == 0) _now = clock.Now;
            load += node.GetPenalty(_now);
        }

        return load * perWeight;
    }
}
