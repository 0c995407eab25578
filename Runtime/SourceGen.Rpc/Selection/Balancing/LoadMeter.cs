namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// How many calls a set of nodes has in flight. Counting costs a look at every node, so it is done at every pick out of a quarter as many
/// as there are nodes: four looks a pick, and by the picks between two counts the mean of a node changes by a quarter of a call at most.
/// </summary>
/// <remarks>Threads may count at the same time, or miss a pick; that costs a count too many, or one a little later.</remarks>
internal sealed class LoadMeter(NodeSet nodes)
{
    private readonly int _interval = nodes.Count / 4;
    private long _inFlight;
    private int _picksLeft;

    /// <summary>How many calls there were when they were counted. To be asked once a pick.</summary>
    public long Counted() => Count(out _);

    /// <summary>
    /// How many calls there are if each pick since they were counted began one and none has ended. To be asked once a pick.
    /// </summary>
    public long AtMost() => Count(out int picks) + picks;

    private long Count(out int picksSince)
    {
        int left = Volatile.Read(ref _picksLeft);
        if (left > 0)
        {
            Volatile.Write(ref _picksLeft, left - 1);
            picksSince = _interval - left + 1;
            return Volatile.Read(ref _inFlight);
        }

        Volatile.Write(ref _picksLeft, _interval);
        long sum = 0;
        foreach (NodeState node in nodes.Nodes) sum += node.InFlight;
        Volatile.Write(ref _inFlight, sum);
        picksSince = 0;
        return sum;
    }
}
