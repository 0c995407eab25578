namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The nodes in turn, each as often as its weight says, and its turns spread evenly over the round (weights 3 and 1: the first, the first,
/// the second, the first; never three in a row and then one). When nodes come and go, it goes on with the node that would have been next.
/// </summary>
/// <remarks>
/// What nginx calls smooth weighted round robin (commit 52327e0627f4, 2012), which looks at all nodes for each call; here the order is made
/// once for a set of nodes, by the middle of each turn's part of the round, and a pick costs the same for any number of nodes. Shares are
/// exact in each round.
/// </remarks>
public sealed class WeightedRoundRobinBalancer : IBalancer
{
    private readonly SetCache<Turns> _turns = new(static (nodes, previous) => new Turns(nodes, TurnOrder.Weighted(nodes), previous));

    /// <inheritdoc/>
    public string Name => Balancers.WeightedRoundRobin;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return Choice.ByTurn(nodes, _turns.Of(nodes), request);
    }
}
