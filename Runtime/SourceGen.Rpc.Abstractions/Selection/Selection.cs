using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.Selection;

/// <summary>The nodes of a service that calls can go to, and whose turn it is. Thread safe.</summary>
public abstract class Selection : IDisposable
{
    /// <summary>
    /// The nodes that calls go to at this moment: those that the registry knows, the filters leave, the aperture holds and nobody ejected,
    /// with the weights they have now. The same object for as long as nothing changes.
    /// </summary>
    public abstract NodeSet Nodes { get; }

    /// <summary>
    /// All nodes that the filters leave, with the weights the registry gives them: also those that are ejected, want no calls (weight 0) or
    /// lie outside the aperture.
    /// </summary>
    public abstract NodeSet AllNodes { get; }

    /// <summary>Whether the directory has said which nodes there are.</summary>
    public abstract bool IsKnown { get; }

    /// <summary>Completes when the nodes are no longer those of the moment it was asked for. Never fails.</summary>
    public abstract Task Changed { get; }

    /// <summary>Selects the node for a call, without waiting.</summary>
    /// <param name="request">What is known about the call.</param>
    /// <param name="node">The node; one that was tried before only when there is no other.</param>
    /// <returns>False when there is none that will do.</returns>
    /// <remarks>
    /// A node that is ejected is selected when no other one will do: it may be well again, and the call has nothing to lose. A subscription
    /// that the directory refused is begun again by <see cref="NextAsync"/>, which says why, and not by this.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The selection, or its selector, is closed.</exception>
    public abstract bool TryNext(in PickRequest request, [NotNullWhen(true)] out NodeState? node);

    /// <summary>Selects the node for a call, waiting until the directory has said which there are.</summary>
    /// <param name="request">What is known about the call.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.NotFound"/>: no such service; <see cref="RpcStatusCode.Unavailable"/>: there are nodes, and none that will do,
    /// and the message says what each filter left and who is ejected; or the registry did not answer, and nothing is known from before.
    /// Others: the directory refused the subscription.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The selection, or its selector, is closed.</exception>
    public abstract ValueTask<NodeState> NextAsync(PickRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// The selection for calls that carry a tag of their own, by Dubbo's rules: they go to nodes that have it, or else to nodes without any
    /// tag. It takes the place of a tag filter among the options; the other filters hold. To be asked for each call, and not to be disposed
    /// of; once a tag was seen it costs a look-up and no allocation. There are no more of them than tags on nodes, whatever calls carry.
    /// </summary>
    /// <param name="tag">The tag; empty for calls that are to go to nodes without any.</param>
    /// <param name="isForced">Whether nodes without a tag will not do.</param>
    /// <exception cref="ObjectDisposedException">The selection, or its selector, is closed.</exception>
    public abstract Selection ForTag(string tag, bool isForced = false);

    /// <inheritdoc/>
    public abstract void Dispose();
}
