namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Draws two nodes by weight and takes the one that has fewer calls in flight for its weight. Almost as even as looking at all nodes, at
/// the cost of two; and clients that know nothing of each other do not all run to the same idle node. Calls that failed count as if they
/// were still in flight for a while (<see cref="NodeState.GetPenalty"/>).
/// </summary>
/// <remarks>
/// M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE Transactions on Parallel and Distributed Systems 12(10),
/// 2001.
/// </remarks>
public sealed class PowerOfTwoChoicesBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly Clock _clock;
    private readonly SetCache<AliasTable> _tables = new(static (nodes, _) => new AliasTable(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the draws the same in each run; null for chance.</param>
    /// <param name="timeProvider">The time that calls are ended by; null for the system's.</param>
    public PowerOfTwoChoicesBalancer(int? seed = null, TimeProvider? timeProvider = null)
    {
        _random = new RandomSource(seed);
        _clock = new Clock(timeProvider);
    }

    /// <inheritdoc/>
    public string Name => Balancers.PowerOfTwoChoices;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return Choice.OfTwo(nodes, _tables.Of(nodes), _random, request, new LoadCost(_clock));
    }
}
