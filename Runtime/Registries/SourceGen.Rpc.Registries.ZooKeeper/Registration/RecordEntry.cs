using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>One node of a record as it is kept.</summary>
/// <param name="Directory">The directory of the service.</param>
/// <param name="Name">The name within it.</param>
/// <param name="Data">The data.</param>
/// <param name="RecordKey">The key of the record.</param>
/// <param name="Node">The node of the record.</param>
internal sealed record RecordEntry(string Directory, string Name, byte[] Data, string RecordKey, ServiceNode Node)
{
    public string Path { get; } = $"{Directory}/{Name}";
}
