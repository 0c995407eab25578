namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The node that has the fewest calls in flight for its weight; of several, one by weight. Of more than 16 nodes it looks at a sample:
/// two drawn by weight, and the best of the last sample. Calls that failed count as if they were still in flight for a while
/// (<see cref="NodeState.GetPenalty"/>).
/// </summary>
/// <remarks>
/// Envoy's least request policy, with Dubbo's <c>leastactive</c> for few nodes. The sample: M. Mitzenmacher, B. Prabhakar and D. Shah,
/// "Load Balancing with Memory", FOCS 2002.
/// </remarks>
public sealed class LeastRequestsBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly Clock _clock;
    private readonly SetCache<Candidates> _candidates = new(static (nodes, _) => new Candidates(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the draws the same in each run; null for chance.</param>
    /// <param name="timeProvider">The time that calls are ended by; null for the system's.</param>
    public LeastRequestsBalancer(int? seed = null, TimeProvider? timeProvider = null)
    {
        _random = new RandomSource(seed);
        _clock = new Clock(timeProvider);
    }

    /// <inheritdoc/>
    public string Name => Balancers.LeastRequests;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return _candidates.Of(nodes).Cheapest(_random, request, new LoadCost(_clock));
    }
}
