namespace SourceGen.Rpc.Selection;

/// <summary>What is known about a call when a node is picked for it. The default value says nothing.</summary>
public readonly struct PickRequest
{
    /// <summary>
    /// A hash of what calls that belong together have in common; null when they need not go to the same node. Only balancers that hash look at
    /// it.
    /// </summary>
    public ulong? Key { get; init; }

    /// <summary>The nodes that this call was sent to before, in order; null for none. They are avoided while there are others.</summary>
    public IReadOnlyList<NodeState>? Tried { get; init; }

    /// <summary>Whether only nodes with a connection will do (<see cref="NodeState.IsConnected"/>).</summary>
    public bool ConnectedOnly { get; init; }

    /// <summary>Whether a node would do for this call, as far as that depends on the call.</summary>
    /// <param name="node">The node.</param>
    public bool Accepts(NodeState node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (ConnectedOnly && !node.IsConnected) return false;
        if (Tried is null) return true;
        for (int i = 0; i < Tried.Count; i++)
        {
            if (ReferenceEquals(Tried[i], node)) return false;
        }

        return true;
    }
}
