namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// A node at random, each with the same chance. Weights do not count, except that a node whose weight is 0 gets nothing; see
/// <see cref="WeightedRandomBalancer"/>.
/// </summary>
public sealed class RandomBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly SetCache<UsableNodes> _usable = new(static (nodes, _) => new UsableNodes(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the picks the same in each run; null for chance.</param>
    public RandomBalancer(int? seed = null) => _random = new RandomSource(seed);

    /// <inheritdoc/>
    public string Name => Balancers.Random;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        UsableNodes usable = _usable.Of(nodes);
        int pick = usable[RandomSource.Below(usable.Count, _random.Next())];
        for (int draw = 1; draw < Choice.MostDraws && !request.Accepts(nodes[pick]); draw++)
            pick = usable[RandomSource.Below(usable.Count, _random.Next())];
        return pick;
    }
}
