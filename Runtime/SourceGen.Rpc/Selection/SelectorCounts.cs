namespace SourceGen.Rpc.Selection;

/// <summary>What a selector did, for whoever measures.</summary>
/// <param name="Nodes">Nodes that it knows.</param>
/// <param name="Ejected">Those of them that are ejected now.</param>
/// <param name="Ejections">How often nodes were ejected.</param>
/// <param name="Restorations">How often ejected nodes got calls again, because their time was up or they were known to be well.</param>
public readonly record struct SelectorCounts(int Nodes, int Ejected, long Ejections, long Restorations);
