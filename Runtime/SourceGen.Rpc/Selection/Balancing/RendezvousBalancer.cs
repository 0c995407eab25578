namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Calls with the same <see cref="PickRequest.Key"/> go to the same node: the one that scores highest for the key. When one node of N goes,
/// the keys it had go to others, in proportion to their weights, and no other key moves. Its shares are nearer to the weights than those of
/// a ring, and it has no bound for the load of a node; see <see cref="ConsistentHashBalancer"/>.
/// </summary>
/// <remarks>
/// <para>A call that was tried at its own node goes to the one that scores next, which is always the same. A call without a key goes to a
/// node at random, by weight.</para>
/// <para>D. Thaler and C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM Transactions on Networking 6(1), 1998;
/// the weights as by J. Resch, "New Hashing Algorithms for Data Storage", SDC 2015. Keys fall into 262,144 slots, which are decided once: a
/// megabyte for each balancer, and a look into an array for each call.</para>
/// </remarks>
public sealed class RendezvousBalancer : IBalancer
{
    private readonly RandomSource _random;
    private readonly SetCache<RendezvousTable> _tables = new(static (nodes, previous) => new RendezvousTable(nodes, previous));
    private readonly SetCache<AliasTable> _aliases = new(static (nodes, _) => new AliasTable(nodes));

    /// <summary>Creates the balancer.</summary>
    /// <param name="seed">Makes the draws for calls without a key the same in each run; null for chance.</param>
    public RendezvousBalancer(int? seed = null) => _random = new RandomSource(seed);

    /// <inheritdoc/>
    public string Name => Balancers.Rendezvous;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (request.Key is not { } key) return Choice.ByWeight(nodes, _aliases.Of(nodes), _random, request);

        RendezvousTable table = _tables.Of(nodes);
        int slot = RendezvousTable.SlotOf(key);
        int winner = table.WinnerOf(slot);
        if (request.Accepts(nodes[winner])) return winner;
        int second = table.WinnerOf(slot, request);
        return second < 0 ? winner : second;
    }
}
