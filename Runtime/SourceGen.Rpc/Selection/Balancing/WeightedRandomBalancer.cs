namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>A node at random, with the chance that its weight gives it. Costs the same for any number of nodes.</summary>
/// <remarks>Vose's alias method; see M. D. Vose, IEEE Transactions on Software Engineering 17(9), 1991.</remarks>
public sealed class WeightedRandomBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly SetCache<AliasTable> _tables = new(static (nodes, _) => new AliasTable(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the picks the same in each run; null for chance.</param>
    public WeightedRandomBalancer(int? seed = null) => _random = new RandomSource(seed);

    /// <inheritdoc/>
    public string Name => Balancers.WeightedRandom;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return Choice.ByWeight(nodes, _tables.Of(nodes), _random, request);
    }
}
