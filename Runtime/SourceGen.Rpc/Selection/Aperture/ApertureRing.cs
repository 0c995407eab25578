namespace SourceGen.Rpc.Selection.Aperture;

/// <summary>
/// The ring of the deterministic aperture, as Finagle's has it
/// (https://twitter.github.io/finagle/guide/ApertureLoadBalancers.html, and "Deterministic Aperture: A distributed, load balancing algorithm",
/// Twitter engineering blog, 2019). Servers share it in equal parts. Clients stand on it at equal distances, and each calls what lies in its
/// range, a server that is in it by half with half the weight. All ranges are as long as the distance between two clients, or a multiple of
/// it; so every point of the ring lies in equally many of them, and every server gets the same load.
/// </summary>
internal static class ApertureRing
{
    /// <summary>Puts the nodes in the order in which they stand on the ring, which is the same for all clients.</summary>
    /// <remarks>
    /// By address rather than by id: a server that is restarted in its place keeps it, and so do its neighbours and all connections to them.
    /// </remarks>
    public static void Sort(NodeSlot[] nodes)
    {
        ulong[] places = Array.ConvertAll(nodes, static node => AperturePeers.Hash(node.State.Instance.Node.Address));
        Array.Sort(places, nodes);
        for (int i = 1; i < nodes.Length; i++)
        {
            // Two services of one server, in a selection of several, have one address. The sort above is not stable, and clients must agree.
            for (int j = i; j > 0 && places[j] == places[j - 1] && Compare(nodes[j], nodes[j - 1]) < 0; j--) (nodes[j], nodes[j - 1]) = (nodes[j - 1], nodes[j]);
        }

        static int Compare(NodeSlot a, NodeSlot b) => string.CompareOrdinal(a.State.Instance.Key, b.State.Instance.Key);
    }

    /// <summary>Finds what part of each node lies in a client's range.</summary>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="size">How many of them the range is to have, at least.</param>
    /// <param name="index">The client's number.</param>
    /// <param name="count">How many clients there are.</param>
    /// <returns>For each node a number from 0 to 1.</returns>
    public static double[] Cover(int nodes, int size, int index, int count)
    {
        double[] parts = new double[nodes];

        // In units of which a node has as many as there are clients, and which are as many between two clients as there are nodes: exact.
        long distances = (((long)size * count) + nodes - 1) / nodes;
        if (size >= nodes || distances >= count)
        {
            Array.Fill(parts, 1);
            return parts;
        }

        long begin = (long)index * nodes;
        long left = distances * nodes;
        for (int node = (int)(begin / count); left > 0; node = (node + 1) % nodes)
        {
            long part = Math.Min(left, count - (begin % count));
            parts[node] += (double)part / count; // A range that goes almost around ends in the node that it began in.
            left -= part;
            begin += part;
        }

        return parts;
    }
}
