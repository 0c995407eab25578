namespace SourceGen.Rpc.Selection;

/// <summary>What weight nodes have that have not been there for long.</summary>
internal static class WarmUp
{
    /// <summary>Into how many steps the time is cut after which weights are looked at again.</summary>
    public const int Steps = 20;

    /// <summary>Which part of the warm-up nodes may have started within to count as one fleet.</summary>
    private const int FleetPart = 10;

    /// <summary>
    /// <c>clamp(uptime / (warmup / weight), 1, weight)</c>, as Dubbo's AbstractLoadBalance.calculateWarmupWeight has it; 0 stays 0.
    /// </summary>
    /// <param name="uptime">How long it has been there; negative when the clocks differ.</param>
    /// <param name="warmup">When it has all of its weight.</param>
    /// <param name="weight">All of its weight.</param>
    public static int Weigh(TimeSpan uptime, TimeSpan warmup, int weight)
    {
        if (weight <= 0 || uptime >= warmup) return weight;
        if (uptime <= TimeSpan.Zero) return 1;
        return (int)Math.Clamp(uptime.Ticks / ((double)warmup.Ticks / weight), 1, weight);
    }

    /// <summary>Whether nodes are the servers of a fleet that was just started: none of them is warmer than the others.</summary>
    /// <param name="slots">The nodes.</param>
    /// <param name="now">The time.</param>
    /// <param name="warmup">When a node has all of its weight.</param>
    public static bool IsFreshFleet(ReadOnlySpan<NodeSlot> slots, DateTimeOffset now, TimeSpan warmup)
    {
        DateTimeOffset first = DateTimeOffset.MaxValue;
        DateTimeOffset last = DateTimeOffset.MinValue;
        foreach (NodeSlot slot in slots)
        {
            if (slot.StartTime is not { } start || now - start >= warmup) return false;
            if (start < first) first = start;
            if (start > last) last = start;
        }

        return slots.Length > 0 && last - first <= warmup / FleetPart;
    }
}
