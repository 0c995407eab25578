namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Draws two nodes by weight and takes the one whose latency, times the calls it would then have in flight, is lower. The latency is a
/// moving average that rises at once and falls slowly (<see cref="NodeState.Latency"/>), so a node that gets slow loses its calls within a
/// few of them. A node that was never measured, or not for long, gets one call at a time until it has answered; one whose calls fail is
/// avoided (<see cref="NodeState.GetPenalty"/>).
/// </summary>
/// <remarks>
/// Finagle's PeakEwma, also Linkerd's (github.com/twitter/finagle, <c>com.twitter.finagle.loadbalancer.PeakEwma</c>; tower's
/// <c>load::PeakEwma</c>). It differs in this: an average that has decayed lets an idle node have one call, not as many as come.
/// </remarks>
public sealed class PeakEwmaBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly Clock _clock;
    private readonly SetCache<AliasTable> _tables = new(static (nodes, _) => new AliasTable(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the draws the same in each run; null for chance.</param>
    /// <param name="timeProvider">The time that calls are ended by; null for the system's.</param>
    public PeakEwmaBalancer(int? seed = null, TimeProvider? timeProvider = null)
    {
        _random = new RandomSource(seed);
        _clock = new Clock(timeProvider);
    }

    /// <inheritdoc/>
    public string Name => Balancers.PeakEwma;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return Choice.OfTwo(nodes, _tables.Of(nodes), _random, request, new PeakLatencyCost(_clock));
    }
}
