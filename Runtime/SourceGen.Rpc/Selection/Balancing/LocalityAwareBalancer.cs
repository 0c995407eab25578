namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Prefers the nodes of the client's own zone, among which another balancer picks. Calls go to other zones when the own one has no node or
/// too few, as far as it has less than its share of the weight, and while its nodes are busier than the others by more than a factor.
/// </summary>
/// <remarks>
/// <para>The model is Envoy's zone aware routing (envoyproxy.io, "Zone aware routing"), which keeps calls in the zone as long as nodes
/// there get no more of them than elsewhere. Envoy knows how many clients each zone has; here they are taken to be the same: a zone that
/// has a tenth of the weight, of three zones, keeps three tenths of its clients' calls.</para>
/// <para>A client sees its own calls only, so the second rule is a guard against a zone that gets slow, not a measure of how busy it is.
/// The two balancers inside see nodes of one zone, or of the others, and keep their places apart.</para>
/// </remarks>
public sealed class LocalityAwareBalancer : IBalancer
{
    /// <summary>How many times busier than the others the zone's nodes may be, when that is not given.</summary>
    public const double DefaultOverloadFactor = 2;

    /// <summary>How many calls in flight are never too many for a node of the zone, on average, when that is not given.</summary>
    public const int DefaultFreeCalls = 32;

    private readonly IBalancer _near;
    private readonly IBalancer _far;
    private readonly double _overloadFactor;
    private readonly int _freeCalls;
    private readonly int _minimumNodes;
    private readonly RandomSource _random;
    private readonly SetCache<ZoneSplit> _splits;

    /// <summary>Creates the balancer.</summary>
    /// <param name="zone">The client's zone; empty when it is not known, and then all nodes are alike.</param>
    /// <param name="inner">Creates the balancer inside; called twice.</param>
    /// <param name="overloadFactor">
    /// Calls leave the zone while its nodes have more calls in flight than the others times this, by weight, and more than
    /// <paramref name="freeCalls"/>. At least 1.
    /// </param>
    /// <param name="freeCalls">How many calls in flight are never too many for a node of the zone, on average.</param>
    /// <param name="minimumNodes">How many nodes the zone must have to be preferred. At least 1.</param>
    /// <param name="seed">Makes the picks of this balancer, not of those inside, the same in each run; null for chance.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than it must be.</exception>
    public LocalityAwareBalancer(
        string zone,
        Func<IBalancer> inner,
        double overloadFactor = DefaultOverloadFactor,
        int freeCalls = DefaultFreeCalls,
        int minimumNodes = 1,
        int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(inner);
        if (!(overloadFactor >= 1))
            throw new ArgumentOutOfRangeException(nameof(overloadFactor), overloadFactor, "The overload factor must be at least 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(freeCalls);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumNodes, 1);
        _near = inner();
        _far = inner();
        Name = $"{Balancers.LocalityAware}:{_near.Name}";
        _overloadFactor = overloadFactor;
        _freeCalls = freeCalls;
        _minimumNodes = minimumNodes;
        _random = new RandomSource(seed);
        _splits = new SetCache<ZoneSplit>((nodes, _) => new ZoneSplit(nodes, zone));
    }

    /// <summary>Its own name and that of the balancer inside: <c>locality-aware:p2c</c>.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ZoneSplit split = _splits.Of(nodes);
        if (split.Near.UsableCount < _minimumNodes) return _far.Pick(nodes, request);
        if (split.Far.UsableCount == 0) return Pick(_near, split.Near, request);

        bool isNear = StaysNear(split);
        int pick = isNear ? Pick(_near, split.Near, request) : Pick(_far, split.Far, request);
        if (request.Accepts(nodes[pick])) return pick;
        int other = isNear ? Pick(_far, split.Far, request) : Pick(_near, split.Near, request);
        return request.Accepts(nodes[other]) ? other : pick;
    }

    private static int Pick(IBalancer balancer, ZonePart part, in PickRequest request) => part.IndexOf(balancer.Pick(part.Nodes, request));

    private bool StaysNear(ZoneSplit split)
    {
        if (split.NearShare < 1 && RandomSource.Part(_random.Next()) >= split.NearShare) return false;
        double load = split.Near.Load;
        return load <= _freeCalls || load <= _overloadFactor * split.Far.Load;
    }
}
