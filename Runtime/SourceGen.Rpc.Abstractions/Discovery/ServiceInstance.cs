namespace SourceGen.Rpc.Discovery;

/// <summary>A node with the record it belongs to: what calls are sent to. Immutable.</summary>
/// <param name="Record">The record; its <see cref="ServiceRecord.Nodes"/> are those known when it was read.</param>
/// <param name="Node">The node.</param>
public sealed record ServiceInstance(ServiceRecord Record, ServiceNode Node)
{
    /// <summary>What tells it from every other instance of a service: the record's key and the node's id.</summary>
    public string Key { get; } = $"{Record.Key}#{Node.Id}";

    /// <summary>The node and its record, for messages.</summary>
    public override string ToString() => $"{Record.Key} {Node}";
}
