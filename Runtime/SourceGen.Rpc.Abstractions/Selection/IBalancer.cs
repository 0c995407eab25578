namespace SourceGen.Rpc.Selection;

/// <summary>
/// Decides which of several nodes the next call goes to. The smallest plug-in there is: a name and one decision. A selector has one for each
/// service, so what it remembers (whose turn it is, a ring) is that service's alone; it is called by many threads at once, on the path of
/// every call.
/// </summary>
public interface IBalancer
{
    /// <summary>What configuration and messages call it: <c>round-robin</c>.</summary>
    string Name { get; }

    /// <summary>Picks a node. It neither waits nor, once it has seen a set of nodes, allocates.</summary>
    /// <param name="nodes">
    /// Whom to choose from, at least one. Immutable: what was computed of it (a ring, an alias table) holds for as long as the same object is
    /// given.
    /// </param>
    /// <param name="request">What is known about the call.</param>
    /// <returns>The node's index in <paramref name="nodes"/>.</returns>
    int Pick(NodeSet nodes, in PickRequest request);
}
