using System.Collections.Immutable;

namespace SourceGen.Rpc.Selection;

/// <summary>What a selection knows at one moment: immutable, swapped as a whole, read by calls without a lock.</summary>
internal sealed class SelectionView
{
    /// <summary>Nothing is known yet.</summary>
    public static SelectionView Unknown { get; } = new();

    /// <summary>The selection is over.</summary>
    public static SelectionView Closed { get; } = new() { IsClosed = true };

    /// <summary>Whom calls go to.</summary>
    public NodeSet Nodes { get; init; } = NodeSet.Empty;

    /// <summary>All that the filters leave.</summary>
    public NodeSet AllNodes { get; init; } = NodeSet.Empty;

    /// <summary>Those that would be called if they were not ejected.</summary>
    public ImmutableArray<NodeState> Ejected { get; init; } = [];

    /// <summary>How many nodes the registry knows, and how many each filter left.</summary>
    public ImmutableArray<FilterStep> Steps { get; init; } = [];

    /// <summary>Whether the directory has said which nodes there are.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Whether the directory said that this is old.</summary>
    public bool IsStale { get; init; }

    public bool IsClosed { get; init; }

    /// <summary>What a filter left.</summary>
    /// <param name="Filter">Its name; empty for what the registry knows.</param>
    /// <param name="Left">How many nodes.</param>
    internal readonly record struct FilterStep(string Filter, int Left);
}
