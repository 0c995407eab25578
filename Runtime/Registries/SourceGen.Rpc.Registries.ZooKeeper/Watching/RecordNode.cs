using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>A node that holds a record, as far as it was read.</summary>
internal sealed class RecordNode(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether it has to be read.</summary>
    public bool IsDirty { get; set; } = true;

    /// <summary>Whether it was not there when it was read.</summary>
    public bool IsGone { get; set; }

    /// <summary>What it holds; null when that is not a record.</summary>
    public ServiceRecord? Record { get; set; }
}
