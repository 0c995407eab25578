using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>A call on its way.</summary>
internal sealed class Call(NodeState state, int node, double start, double service, int number)
{
    /// <summary>The node as the client that called sees it.</summary>
    public NodeState State => state;

    /// <summary>The node's index.</summary>
    public int Node => node;

    /// <summary>When it was made.</summary>
    public double Start => start;

    /// <summary>How long the node takes.</summary>
    public double Service => service;

    /// <summary>The number of the call among those that are measured; negative before them.</summary>
    public int Number => number;

    /// <summary>Whether the caller knows how it ended, or has given up.</summary>
    public bool IsOver { get; set; }
}
