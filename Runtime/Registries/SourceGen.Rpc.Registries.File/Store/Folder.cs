using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.File;

/// <summary>What a service's folder held when it was read. Immutable.</summary>
/// <param name="Files">The files of nodes, by name, also those that are left out.</param>
/// <param name="Live">The nodes, each as a record of its own, by the names of their files.</param>
/// <param name="NextEnd">When the next lease of these ends.</param>
internal sealed record Folder(Dictionary<string, KnownFile> Files, SortedDictionary<string, ServiceRecord> Live, DateTime NextEnd)
{
    public static Folder Empty { get; } = new([], [], DateTime.MaxValue);
}
