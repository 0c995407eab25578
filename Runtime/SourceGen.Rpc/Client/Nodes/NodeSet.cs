namespace SourceGen.Rpc.Client.Nodes;

/// <summary>The servers of a service at one moment. Immutable but for the turn that is whose.</summary>
internal sealed class NodeSet(Node[] nodes, uint turn)
{
    /// <summary>How many further turns are looked at for a server that is connected, before any other is taken.</summary>
    private const int TurnsLookedAt = 4;

    private readonly int[]? _order = WeightedTurns.Of(Array.ConvertAll(nodes, static node => node.Instance.Node.Weight));
    private uint _turn = turn;

    /// <summary>No server at all.</summary>
    public static NodeSet Empty { get; } = new([], 0);

    /// <summary>The servers.</summary>
    public Node[] Nodes { get; } = nodes;

    /// <summary>Whose turn it is, so that the next set goes on from there.</summary>
    public uint Turn => Volatile.Read(ref _turn);

    /// <summary>Takes the next server in turn that is connected; each has turns by its weight.</summary>
    /// <returns>Its index; -1 when none is.</returns>
    public int Next()
    {
        Node[] nodes = Nodes;
        if (nodes.Length == 0) return -1;
        uint turn = Interlocked.Increment(ref _turn);
        int index = (int)(turn % (uint)nodes.Length);
        if (_order is { } order)
        {
            index = order[turn % (uint)order.Length];
            for (uint i = 1; i < TurnsLookedAt && !nodes[index].IsConnected; i++) index = order[(turn + i) % (uint)order.Length];
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[index].IsConnected) return index;
            if (++index == nodes.Length) index = 0;
        }

        return -1;
    }

    /// <summary>
    /// Takes the next server in turn that is connected and was not tried; of those tried only when no other is connected.
    /// </summary>
    public Node? NextUntried(List<Node> tried)
    {
        int first = Next();
        if (first < 0) return null;
        for (int i = 0; i < Nodes.Length; i++)
        {
            Node node = Nodes[(first + i) % Nodes.Length];
            if (node.IsConnected && !tried.Contains(node)) return node;
        }

        return Nodes[first];
    }
}
