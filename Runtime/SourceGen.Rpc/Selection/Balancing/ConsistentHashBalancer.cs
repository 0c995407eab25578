namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Calls with the same <see cref="PickRequest.Key"/> go to the same node; when one node of N goes, the keys it had, about 1/N of all, go to
/// others, and no other key moves. A ring with 160 points for each node, by weight; a share is right to some 8%.
/// </summary>
/// <remarks>
/// <para>No node gets more than a bounded multiple of the mean load: keys of a node that is full go on to the next node on the ring, always
/// the same one. So do calls that were tried at their own node. A call without a key goes to a node at random, by weight.</para>
/// <para>D. Karger et al., "Consistent Hashing and Random Trees", STOC 1997; V. Mirrokni, M. Thorup and M. Zadimoghaddam, "Consistent
/// Hashing with Bounded Loads", SODA 2018. The load is that of this client's own calls; the mean that is gone by may be too high by a
/// quarter of a call.</para>
/// </remarks>
public sealed class ConsistentHashBalancer : IBalancer
{
    /// <summary>How much more than the mean a node may have: the load factor that is used when none is given.</summary>
    public const double DefaultLoadFactor = 1.25;

    /// <summary>How many calls are never too many for a node, when that is not given.</summary>
    public const int DefaultFreeCalls = 8;

    private readonly RandomSource _random;
    private readonly double _loadFactor;
    private readonly int _freeCalls;
    private readonly SetCache<HashRing> _rings = new(static (nodes, previous) => new HashRing(nodes, previous));
    private readonly SetCache<AliasTable> _tables = new(static (nodes, _) => new AliasTable(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="loadFactor">
    /// The greatest multiple of the mean load, by weight, that a node may have; above 1. <see cref="double.PositiveInfinity"/> for no
    /// bound: then a key's node depends on the key and the nodes alone.
    /// </param>
    /// <param name="freeCalls">
    /// A node that has fewer calls in flight than this is never full: when there are few calls at all, the bound would be one or two, and
    /// would tear keys from their nodes for nothing. 0 for the bound as it was published.
    /// </param>
    /// <param name="seed">Makes the draws for calls without a key the same in each run; null for chance.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not above 1, or the number of calls is negative.</exception>
    public ConsistentHashBalancer(double loadFactor = DefaultLoadFactor, int freeCalls = DefaultFreeCalls, int? seed = null)
    {
        if (!(loadFactor > 1)) throw new ArgumentOutOfRangeException(nameof(loadFactor), loadFactor, "The load factor must be above 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(freeCalls);
        _loadFactor = loadFactor;
        _freeCalls = freeCalls;
        _random = new RandomSource(seed);
    }

    /// <inheritdoc/>
    public string Name => Balancers.ConsistentHash;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (request.Key is not { } key) return Choice.ByWeight(nodes, _tables.Of(nodes), _random, request);

        HashRing ring = _rings.Of(nodes);
        int point = ring.PointOf(Mixing.Mix(key));
        int own = ring.NodeAt(point);
        double calls = double.IsPositiveInfinity(_loadFactor) ? 0 : ring.Load.AtMost() + 1;
        return request.Accepts(nodes[own]) && HasRoom(nodes, own, calls) ? own : Next(nodes, ring, point, calls, request);
    }

    /// <summary>
    /// Goes around the ring to the first node that will do and has room; if none has, the first that will do; if none will, the key's own
    /// node. Few steps, unless most nodes will not do.
    /// </summary>
    private int Next(NodeSet nodes, HashRing ring, int start, double calls, in PickRequest request)
    {
        int found = -1;
        int last = -1;
        for (int step = 0; step < ring.Length; step++)
        {
            int point = start + step;
            int node = ring.NodeAt(point < ring.Length ? point : point - ring.Length);
            if (node == last) continue;
            last = node;
            if (!request.Accepts(nodes[node])) continue;
            if (HasRoom(nodes, node, calls)) return node;
            if (found < 0) found = node;
        }

        return found >= 0 ? found : ring.NodeAt(start);
    }

    /// <summary>
    /// Whether a node has less than the factor times its part, by weight, of the calls that there are with the one to be begun.
    /// </summary>
    private bool HasRoom(NodeSet nodes, int index, double calls)
    {
        int inFlight = nodes[index].InFlight;
        if (inFlight < _freeCalls || double.IsPositiveInfinity(_loadFactor)) return true;
        return nodes.TotalWeight == 0
            ? (double)inFlight * nodes.Count < _loadFactor * calls
            : (double)inFlight * nodes.TotalWeight < _loadFactor * calls * nodes.Weights[index];
    }
}
