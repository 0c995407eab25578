using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// Decides which node of a service each call goes to, by what a directory knows and by how calls went. Go Micro's Selector. Thread safe.
/// </summary>
public interface ISelector : IDisposable
{
    /// <summary>How it selects, where a selection does not say otherwise.</summary>
    SelectorOptions Options { get; }

    /// <summary>
    /// Begins to select among the nodes of a service, and follows them until the selection is disposed of. What is known of nodes (how calls
    /// went, who is ejected) is shared by all selections of a service.
    /// </summary>
    /// <param name="condition">
    /// Which nodes, such as <c>consumer://localhost/Shop.Greeter?group=*&amp;version=2.*</c>, as for <see cref="IServiceDirectory"/>.
    /// </param>
    /// <param name="options">How to select, in place of <see cref="Options"/>; null for those.</param>
    /// <exception cref="ObjectDisposedException">The selector is closed.</exception>
    Selection Select(ServiceUrl condition, SelectorOptions? options = null);

    /// <summary>
    /// Learns how a call to a node went; a node that fails too often is not selected for a while. Ends the call
    /// (<see cref="NodeState.EndCall(long, CallOutcome)"/>). On the path of every call: it neither waits nor allocates, unless a node is ejected or restored.
    /// </summary>
    /// <param name="node">The node, which <see cref="NodeState.BeginCall"/> was called on.</param>
    /// <param name="elapsed">
    /// How long the call took, in the ticks of <see cref="System.Diagnostics.Stopwatch"/>; negative when that says nothing about the node, as
    /// of a stream.
    /// </param>
    /// <param name="outcome">How it ended.</param>
    void Mark(NodeState node, long elapsed, CallOutcome outcome);

    /// <summary>The same, for whoever knows what time it is: that saves reading a clock. By default the time is not used.</summary>
    /// <param name="node">The node, which <see cref="NodeState.BeginCall"/> was called on.</param>
    /// <param name="elapsed">
    /// How long the call took, in the ticks of <see cref="System.Diagnostics.Stopwatch"/>; negative when that says nothing about the node.
    /// </param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">When it ended, in the ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    void Mark(NodeState node, long elapsed, CallOutcome outcome, long now) => Mark(node, elapsed, outcome);

    /// <summary>Why a node is ejected.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Null when it is not, or not known any more.</returns>
    NodeEjection? GetEjection(NodeState node);

    /// <summary>Forgets how calls to a service's nodes went: none is ejected any more.</summary>
    /// <param name="service">The service's name.</param>
    void Reset(string service);

    /// <summary>Ends all selections. Nothing can be selected any more. Doing it twice does nothing.</summary>
    void Close();
}
