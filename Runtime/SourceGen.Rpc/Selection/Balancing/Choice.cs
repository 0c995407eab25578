namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>What balancers have in common: drawing again, and comparing nodes by what they cost.</summary>
internal static class Choice
{
    /// <summary>How often a node is drawn for a call when those drawn will not do for it.</summary>
    public const int MostDraws = 4;

    /// <summary>The node whose turn it is.</summary>
    public static int ByTurn(NodeSet nodes, Turns turns, in PickRequest request)
    {
        int pick = turns.Next();
        for (int turn = 1; turn < MostDraws && !request.Accepts(nodes[pick]); turn++) pick = turns.Next();
        return pick;
    }

    /// <summary>A node at random, by weight.</summary>
    public static int ByWeight(NodeSet nodes, AliasTable table, RandomSource random, in PickRequest request)
    {
        int pick = table.Draw(random.Next());
        if (AcceptsAll(request)) return pick;
        for (int draw = 1; draw < MostDraws && !request.Accepts(nodes[pick]); draw++) pick = table.Draw(random.Next());
        return pick;
    }

    /// <summary>
    /// The cheaper of two nodes that are drawn by weight; the one drawn first when they cost the same, so that shares follow the weights
    /// while nothing else tells nodes apart.
    /// </summary>
    public static int OfTwo<TCost>(NodeSet nodes, AliasTable table, RandomSource random, in PickRequest request, TCost cost)
        where TCost : struct, INodeCost
    {
        ulong number = random.Next();
        bool acceptsAll = AcceptsAll(request);
        int first = table.Draw(number);
        for (int draw = 1; draw < MostDraws && !acceptsAll && !request.Accepts(nodes[first]); draw++)
            first = table.Draw(number = RandomSource.After(number));

        // One node may have almost all the weight, so that no other is drawn.
        int second = first;
        for (int draw = 0; draw < MostDraws && second == first; draw++) second = table.Draw(number = RandomSource.After(number));
        if (!acceptsAll && (!request.Accepts(nodes[second]) || !request.Accepts(nodes[first])))
            return request.Accepts(nodes[second]) ? second : first;
        return table.Cost(second, ref cost) < table.Cost(first, ref cost) ? second : first;
    }

    /// <summary>The cheapest of all nodes. When several are, one of them by weight.</summary>
    public static int OfAll<TCost>(NodeSet nodes, AliasTable table, RandomSource random, in PickRequest request, TCost cost)
        where TCost : struct, INodeCost
    {
        ulong number = random.Next();
        bool acceptsAll = AcceptsAll(request);
        int drawn = table.Draw(number);
        int best = drawn;
        double least = acceptsAll || request.Accepts(nodes[best]) ? table.Cost(best, ref cost) : double.PositiveInfinity;
        double tied = 0;
        ReadOnlySpan<AliasTable.Column> columns = table.Columns;
        for (int i = 0; i < columns.Length; i++)
        {
            ref readonly AliasTable.Column column = ref columns[i];
            if (i == drawn || double.IsPositiveInfinity(column.PerWeight) || (!acceptsAll && !request.Accepts(column.Node))) continue;
            double found = cost.Of(column.Node, column.PerWeight);
            if (found > least) continue;
            if (found < least)
            {
                (best, least, tied) = (i, found, 1 / column.PerWeight);
            }
            else if (best != drawn)
            {
                // The next of those that cost the same takes the place of the one found with the chance that makes all alike for their
                // weights.
                number = RandomSource.After(number);
                tied += 1 / column.PerWeight;
                if (RandomSource.Part(number) * tied * column.PerWeight < 1) best = i;
            }
        }

        return best;
    }

    /// <summary>The cheapest of some nodes that are drawn by weight, and of one that was found cheap before.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="table">What draws them.</param>
    /// <param name="random">Chance.</param>
    /// <param name="request">The call.</param>
    /// <param name="cost">What is compared.</param>
    /// <param name="draws">How many are drawn.</param>
    /// <param name="remembered">The one found before; it is replaced by the one found now.</param>
    public static int OfSome<TCost>(
        NodeSet nodes, AliasTable table, RandomSource random, in PickRequest request, TCost cost, int draws, ref int remembered)
        where TCost : struct, INodeCost
    {
        ulong number = random.Next();
        bool acceptsAll = AcceptsAll(request);
        int best = table.Draw(number);
        for (int draw = 1; draw < MostDraws && !acceptsAll && !request.Accepts(nodes[best]); draw++)
            best = table.Draw(number = RandomSource.After(number));

        double least = acceptsAll || request.Accepts(nodes[best]) ? table.Cost(best, ref cost) : double.PositiveInfinity;
        int before = Volatile.Read(ref remembered);
        for (int draw = 1; draw <= draws; draw++)
        {
            int other = draw == draws ? before : table.Draw(number = RandomSource.After(number));
            if (other == best || (!acceptsAll && !request.Accepts(nodes[other]))) continue;
            double found = table.Cost(other, ref cost);
            if (found < least) (best, least) = (other, found);
        }

        if (best != before) Volatile.Write(ref remembered, best);
        return best;
    }

    /// <summary>
    /// Whether every node will do for a call, which it does unless it was tried before: that is asked once, not of each node.
    /// </summary>
    private static bool AcceptsAll(in PickRequest request) => request.Tried is null && !request.ConnectedOnly;
}
