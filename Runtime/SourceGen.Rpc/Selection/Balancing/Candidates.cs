namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// The nodes of a set, for a balancer that wants the cheapest: it looks at all of a small set, and at a sample of a large one.
/// </summary>
/// <remarks>
/// The sample is a few nodes drawn by weight, and the cheapest of the last sample. Remembering one is worth more than drawing another: M.
/// Mitzenmacher, B. Prabhakar and D. Shah, "Load Balancing with Memory", FOCS 2002. An index kept in order would have to be told of every
/// call that ends, by every selection that has the node.
/// </remarks>
internal sealed class Candidates
{
    /// <summary>Sets of up to so many nodes are looked at as a whole.</summary>
    public const int MostToLookAt = 16;

    /// <summary>How many nodes of a larger set are drawn.</summary>
    private const int Draws = 2;

    private readonly NodeSet _nodes;
    private readonly AliasTable _table;
    private int _remembered;

    /// <summary>Begins to compare the nodes of a set.</summary>
    public Candidates(NodeSet nodes)
    {
        _nodes = nodes;
        _table = new AliasTable(nodes);

        // Whatever is drawn may be called, which the first node of the set may not.
        _remembered = _table.Draw(0);
    }

    /// <summary>The cheapest node found.</summary>
    public int Cheapest<TCost>(RandomSource random, in PickRequest request, TCost cost)
        where TCost : struct, INodeCost =>
        _nodes.Count <= MostToLookAt
            ? Choice.OfAll(_nodes, _table, random, request, cost)
            : Choice.OfSome(_nodes, _table, random, request, cost, Draws, ref _remembered);
}
