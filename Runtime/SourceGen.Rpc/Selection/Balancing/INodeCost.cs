namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>What it costs to send the next call to a node. A structure, so that the comparison is compiled for each of them.</summary>
internal interface INodeCost
{
    /// <summary>The cost; the lowest is the best.</summary>
    /// <param name="node">The node.</param>
    /// <param name="perWeight">The mean weight divided by the node's.</param>
    double Of(NodeState node, double perWeight);
}
