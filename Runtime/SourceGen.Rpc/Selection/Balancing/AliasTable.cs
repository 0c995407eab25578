namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>
/// Draws nodes with the shares that their weights give them, in constant time: a column at random, then its own node or the one that it was
/// filled up with. A node without weight is never drawn, unless none has any.
/// </summary>
/// <remarks>
/// M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE Transactions on Software Engineering
/// 17(9), 1991. Made with whole numbers, so that no rounding lets a node without weight in. A column is one word: the part of it that is
/// its own, then the other node.
/// </remarks>
internal sealed class AliasTable
{
    private readonly Column[] _columns;

    /// <summary>Makes the table.</summary>
    public AliasTable(NodeSet nodes)
    {
        ulong[] words = Fill(nodes);
        bool isEqual = nodes.HasEqualWeights;
        double mean = nodes.TotalWeight / (double)nodes.Count;
        _columns = new Column[nodes.Count];
        for (int i = 0; i < _columns.Length; i++)
            _columns[i] = new Column(words[i], nodes[i], isEqual ? 1 : mean / nodes.Weights[i]);
    }

    /// <summary>The nodes as they are looked at.</summary>
    public ReadOnlySpan<Column> Columns => _columns;

    /// <summary>Draws a node.</summary>
    /// <param name="random">A random number.</param>
    public int Draw(ulong random)
    {
        int column = RandomSource.Below(_columns.Length, random);
        ulong word = _columns[column].Word;
        return (uint)random < word >> 32 ? column : (int)(uint)word;
    }

    /// <summary>What it costs to call a node.</summary>
    public double Cost<TCost>(int index, ref TCost cost)
        where TCost : struct, INodeCost
    {
        ref readonly Column column = ref _columns[index];
        return cost.Of(column.Node, column.PerWeight);
    }

    private static ulong[] Fill(NodeSet nodes)
    {
        int count = nodes.Count;
        long full = nodes.TotalWeight;
        long[] height = new long[count];
        int[] stack = new int[count];
        int low = 0;
        int high = count;
        for (int i = 0; i < count; i++)
        {
            height[i] = (long)nodes.Weights[i] * count;
            if (height[i] < full) stack[low++] = i;
            else stack[--high] = i;
        }

        ulong[] words = new ulong[count];
        while (low > 0)
        {
            int poor = stack[--low];
            int rich = stack[high];
            words[poor] = (ulong)(((UInt128)height[poor] << 32) / (UInt128)full) << 32 | (uint)rich;
            height[rich] -= full - height[poor];
            if (height[rich] < full)
            {
                high++;
                stack[low++] = rich;
            }
        }

        // What is left is exactly full, and both halves of its word lead to itself.
        for (; high < count; high++) words[stack[high]] = (ulong)uint.MaxValue << 32 | (uint)stack[high];
        return words;
    }

    /// <summary>A node, with what there is to know about it beside each other.</summary>
    /// <param name="word">See <see cref="Word"/>.</param>
    /// <param name="node">See <see cref="Node"/>.</param>
    /// <param name="perWeight">See <see cref="PerWeight"/>.</param>
    public readonly struct Column(ulong word, NodeState node, double perWeight)
    {
        /// <summary>The part of the column that is the node's own, in 2^-32, then the index of the node that has the rest.</summary>
        public readonly ulong Word = word;

        /// <summary>The node.</summary>
        public readonly NodeState Node = node;

        /// <summary>
        /// The mean weight divided by the node's; 1 also when no node has a weight, infinite when only this one has none.
        /// </summary>
        public readonly double PerWeight = perWeight;
    }
}
