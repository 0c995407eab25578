namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The order in which nodes have their turns. It is made once for a set of nodes; taking a turn is then a look into an array.
/// </summary>
internal static class TurnOrder
{
    /// <summary>Rounds of more turns than this are not written down.</summary>
    private const int MostTurns = 16_384;

    /// <summary>Every node that has a weight once, in the nodes' own order.</summary>
    public static int[] Alike(NodeSet nodes)
    {
        var usable = new UsableNodes(nodes);
        int[] order = new int[usable.Count];
        for (int i = 0; i < order.Length; i++) order[i] = usable[i];
        return order;
    }

    /// <summary>
    /// Each node as often as its weight says, its turns spread evenly, so that a heavy node is not called many times in a row; null when a
    /// round in which all shares are exact would be too long.
    /// </summary>
    public static int[]? Weighted(NodeSet nodes)
    {
        if (nodes.HasEqualWeights) return Alike(nodes);
        int divisor = 0;
        foreach (int weight in nodes.Weights) divisor = GreatestCommonDivisor(divisor, weight);
        if (nodes.TotalWeight / divisor > MostTurns) return null;

        // The k-th turn of a node that has n of them is due in the middle of the k-th n-th part of the round.
        int total = (int)(nodes.TotalWeight / divisor);
        double[] due = new double[total];
        int[] order = new int[total];
        for (int node = 0, next = 0; node < nodes.Count; node++)
        {
            int turns = nodes.Weights[node] / divisor;
            for (int turn = 0; turn < turns; turn++, next++)
            {
                due[next] = (turn + 0.5) / turns;
                order[next] = node;
            }
        }

        Array.Sort(due, order);
        return order;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
