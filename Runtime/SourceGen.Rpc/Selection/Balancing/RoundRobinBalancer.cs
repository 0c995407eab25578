namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The nodes in turn. When nodes come and go, it goes on with the node that would have been next. Weights do not count, except that a node
/// whose weight is 0 gets nothing; see <see cref="WeightedRoundRobinBalancer"/>.
/// </summary>
public sealed class RoundRobinBalancer : IBalancer
{
    private readonly SetCache<Turns> _turns = new(static (nodes, previous) => new Turns(nodes, TurnOrder.Alike(nodes), previous));

    /// <inheritdoc/>
    public string Name => Balancers.RoundRobin;

    /// <inheritdoc/>
    public int Pick(NodeSet nodes, in PickRequest request)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return Choice.ByTurn(nodes, _turns.Of(nodes), request);
    }
}
