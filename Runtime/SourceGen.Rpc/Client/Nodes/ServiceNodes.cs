using Microsoft.Extensions.Logging;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The servers of a service that calls went to, or are about to go to, with the ways to them.</summary>
internal sealed class ServiceNodes(NodeConnections connections, RpcClientOptions options, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<NodeState> _unusable = [];
    private volatile Node?[] _nodes = [];
    private bool _isEnded;

    /// <summary>Those that have a way to them; their connections may be up, be being opened, or be lost.</summary>
    public IEnumerable<Node> All => _nodes.OfType<Node>();

    /// <summary>Gets the way to a server. Nothing is connected to yet.</summary>
    /// <param name="state">The server.</param>
    /// <param name="selection">Where it comes from.</param>
    /// <returns>Null when it left in the meantime, or cannot be called.</returns>
    public Node? Get(NodeState state, Selection.Selection selection)
    {
        Node?[] nodes = _nodes;
        return (uint)state.Id < (uint)nodes.Length && nodes[state.Id] is { } node && node.State == state ? node : Add(state, selection);
    }

    /// <summary>Lets those go that are none of these any more.</summary>
    public void Keep(IReadOnlySet<NodeState> kept)
    {
        lock (_gate)
        {
            _unusable.IntersectWith(kept);
            Node?[] nodes = [.. _nodes];
            for (int i = 0; i < nodes.Length; i++)
            {
                if (nodes[i] is not { } node || kept.Contains(node.State)) continue;
                nodes[i] = null;
                node.Leave();
            }

            _nodes = nodes;
        }
    }

    /// <summary>Lets all go, and takes no more.</summary>
    public void End()
    {
        lock (_gate) _isEnded = true;
        Keep(new HashSet<NodeState>());
    }

    private Node? Add(NodeState state, Selection.Selection selection)
    {
        lock (_gate)
        {
            if (_isEnded || _unusable.Contains(state)) return null;
            Node?[] nodes = _nodes;
            Node? old = state.Id < nodes.Length ? nodes[state.Id] : null;
            if (old?.State == state) return old;

            // Who left between being selected and now would never be let go.
            if (!IsAmong(selection.AllNodes, state)) return null;
            try
            {
                Node node = new(state, NodeAddressChoice.Local.Choose(state.Instance), connections, options);
                old?.Leave(); // Its number is another's now, so it has left.
                Array.Resize(ref nodes, Math.Max(nodes.Length, state.Id + 1));
                Node?[] added = ReferenceEquals(nodes, _nodes) ? [.. nodes] : nodes;
                added[state.Id] = node;
                _nodes = added;
                return node;
            }
            catch (Exception e) when (e is FormatException or NotSupportedException)
            {
                _unusable.Add(state);
                ClientLog.NodeUnusable(logger, state.Instance, e.Message);
                return null;
            }
            catch (ObjectDisposedException)
            {
                return null; // The client is going, and takes no more calls.
            }
        }
    }

    private static bool IsAmong(NodeSet nodes, NodeState state)
    {
        foreach (NodeState one in nodes.Nodes)
        {
            if (one == state) return true;
        }

        return false;
    }
}
