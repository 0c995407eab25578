using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>A change of the records that a registry holds. Immutable.</summary>
public sealed class RegistryEvent
{
    private RegistryEvent(RegistryEventKind kind, ImmutableArray<ServiceRecord> records)
    {
        Kind = kind;
        Records = records;
    }

    /// <summary>What happened.</summary>
    public RegistryEventKind Kind { get; }

    /// <summary>
    /// For a snapshot all records with all nodes; for a change one record with the nodes that it concerns. Of deleted nodes the ids are
    /// certain; the rest is what was known last, or empty.
    /// </summary>
    public ImmutableArray<ServiceRecord> Records { get; }

    /// <summary>All there is.</summary>
    /// <param name="records">The records; they are merged by their keys.</param>
    public static RegistryEvent Snapshot(IEnumerable<ServiceRecord> records) => new(RegistryEventKind.Snapshot, ServiceRecord.Merge(records));

    /// <summary>Nodes that came.</summary>
    /// <param name="record">The record with these nodes alone.</param>
    public static RegistryEvent Create(ServiceRecord record) => new(RegistryEventKind.Create, [record]);

    /// <summary>Nodes that are other than they were.</summary>
    /// <param name="record">The record with these nodes alone.</param>
    public static RegistryEvent Update(ServiceRecord record) => new(RegistryEventKind.Update, [record]);

    /// <summary>Nodes that are gone.</summary>
    /// <param name="record">The record with these nodes alone.</param>
    public static RegistryEvent Delete(ServiceRecord record) => new(RegistryEventKind.Delete, [record]);

    /// <summary>Kind and records, for messages.</summary>
    public override string ToString() => $"{Kind}: {string.Join(", ", Records)}";
}
