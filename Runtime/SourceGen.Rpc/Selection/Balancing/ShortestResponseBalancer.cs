namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The node whose mean latency of the last 15 to 30 seconds, times the calls it would then have in flight, is lowest; of several, one by
/// weight. Of more than 16 nodes it looks at a sample: two drawn by weight, and the best of the last sample. Calls that failed do not
/// count as quick ones, and are held against the node (<see cref="NodeState.GetPenalty"/>).
/// </summary>
/// <remarks>
/// Apache Dubbo's <c>ShortestResponseLoadBalance</c>. Other than Dubbo's, it gives a node that was never measured one call at a time until
/// it has answered.
/// </remarks>
public sealed class ShortestResponseBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly Clock _clock;
    private readonly SetCache<Candidates> _candidates = new(static (nodes, _) => new Candidates(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the draws the same in each run; null for chance.</param>
    /// <param name="timeProvider">The time that calls are ended by; null for the system's.</param>
    public ShortestResponseBalancer(int? seed = null, TimeProvider? timeProvider = null)
    {
        _random = new RandomSource(seed);
        _clock = new Clock(timeProvider);
    }

    /// <inheritdoc/>
    public string Name => Balancers.ShortestResponse;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return _candidates.Of(nodes).Cheapest(_random, request, new AverageLatencyCost(_clock.Now));
    }
}
