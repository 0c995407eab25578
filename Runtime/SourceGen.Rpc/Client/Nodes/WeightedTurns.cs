namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// The order in which servers have their turns when their weights differ: each as often as its weight says, and its turns spread evenly, so
/// that a heavy server is not called many times in a row. It is made once for a set of servers; taking a turn is then a look into an array.
/// </summary>
internal static class WeightedTurns
{
    /// <summary>Beyond so many turns, weights are rounded. A server has one at least.</summary>
    private const int MostTurns = 16_384;

    /// <summary>Makes the order.</summary>
    /// <param name="weights">The servers' weights, none of which is negative.</param>
    /// <returns>The servers' indexes, turn by turn; null when all weights are equal, and turns are taken in the servers' own order.</returns>
    public static int[]? Of(ReadOnlySpan<int> weights)
    {
        if (weights.IsEmpty || !weights.ContainsAnyExcept(weights[0])) return null;
        int[] turns = TurnsOf(weights);
        int total = turns.Sum();

        // The k-th turn of a server that has n of them is due in the middle of the k-th n-th part of the round.
        double[] due = new double[total];
        int[] order = new int[total];
        for (int server = 0, next = 0; server < turns.Length; server++)
        {
            for (int turn = 0; turn < turns[server]; turn++, next++)
            {
                due[next] = (turn + 0.5) / turns[server];
                order[next] = server;
            }
        }

        Array.Sort(due, order);
        return order;
    }

    /// <summary>How many turns of a round each server has.</summary>
    private static int[] TurnsOf(ReadOnlySpan<int> weights)
    {
        int divisor = 0;
        long sum = 0;
        foreach (int weight in weights)
        {
            divisor = GreatestCommonDivisor(divisor, weight);
            sum += weight;
        }

        int[] turns = new int[weights.Length];
        double scale = Math.Min(1.0 / divisor, (double)MostTurns / sum);
        for (int i = 0; i < turns.Length; i++) turns[i] = weights[i] == 0 ? 0 : Math.Max(1, (int)Math.Round(weights[i] * scale));
        return turns;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
