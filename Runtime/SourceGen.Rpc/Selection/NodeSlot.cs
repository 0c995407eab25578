using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Selection;

/// <summary>What a selector knows of a node. Changed under the selector's gate, but for the health's counters.</summary>
internal sealed class NodeSlot(NodeState state, NodeHealth health)
{
    /// <summary>The node.</summary>
    public NodeState State => state;

    /// <summary>How calls to it went. Shared with the slot of the same process under another registration, such as with another weight.</summary>
    public NodeHealth Health => health;

    /// <summary>Its weight by the registry, which reads it out of text each time it is asked.</summary>
    public int Weight { get; } = state.Instance.Node.Weight;

    /// <summary>When it started, if that is known.</summary>
    public DateTimeOffset? StartTime { get; } = state.Instance.Node.StartTime;

    /// <summary>Selections that have it.</summary>
    public int References { get; set; }

    /// <summary>The node's service.</summary>
    public string Service => state.Instance.Record.Name;

    /// <summary>Whether an instance is this node without a change.</summary>
    public bool Is(ServiceInstance instance)
    {
        ServiceInstance mine = state.Instance;
        if (ReferenceEquals(mine, instance)) return true;
        return mine.Node.Equals(instance.Node)
            && mine.Record.Metadata.Equals(instance.Record.Metadata)
            && mine.Record.Endpoints.AsSpan().SequenceEqual(instance.Record.Endpoints.AsSpan());
    }

    /// <summary>Whether an instance with the same key is the same process, so that what is known of the one holds for the other.</summary>
    public bool IsSameProcess(ServiceInstance instance) =>
        state.Instance.Node.Address == instance.Node.Address
        && state.Instance.Node.Metadata.GetValueOrDefault(ServiceMetadataKeys.Timestamp)
            == instance.Node.Metadata.GetValueOrDefault(ServiceMetadataKeys.Timestamp);
}
