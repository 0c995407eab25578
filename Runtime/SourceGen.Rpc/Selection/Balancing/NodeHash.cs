namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// What a node is to balancers that hash: its address. So all clients agree, and a server that is started again at its old address gets its
/// old keys back, although its id is a new one.
/// </summary>
internal static class NodeHash
{
    /// <summary>The hash of a node.</summary>
    public static ulong Of(NodeState node) => KeyHash.Of(node.Instance.Node.Address);
}
