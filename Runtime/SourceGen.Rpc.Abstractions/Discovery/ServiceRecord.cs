using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// A service as a registry knows it: one name, one version, and the nodes that serve it. Versions are records of their own, and so are
/// groups. Immutable.
/// </summary>
/// <param name="Name">The service's name on the wire.</param>
/// <param name="Version">Its version; empty when it has none.</param>
public sealed record ServiceRecord(string Name, string Version = "")
{
    private readonly ImmutableArray<ServiceEndpoint> _endpoints = [];
    private readonly ImmutableArray<ServiceNode> _nodes = [];

    /// <summary>What is known about the service as a whole. Default: nothing.</summary>
    public ServiceMetadata Metadata { get; init; } = ServiceMetadata.Empty;

    /// <summary>Its methods. Default: none, which means that the record does not say.</summary>
    public ImmutableArray<ServiceEndpoint> Endpoints
    {
        get => _endpoints;
        init => _endpoints = value.IsDefault ? [] : value;
    }

    /// <summary>The servers. Default: none.</summary>
    public ImmutableArray<ServiceNode> Nodes
    {
        get => _nodes;
        init => _nodes = value.IsDefault ? [] : value;
    }

    /// <summary>The group that keeps it apart from services of the same name; empty when it has none.</summary>
    public string Group => Metadata.GetValueOrDefault(ServiceMetadataKeys.Group);

    /// <summary>Dubbo's name for a record: <c>group/name:version</c>, without what is empty.</summary>
    public string Key => $"{(Group.Length > 0 ? Group + "/" : "")}{Name}{(Version.Length > 0 ? ":" + Version : "")}";

    /// <inheritdoc/>
    public bool Equals(ServiceRecord? other) => ReferenceEquals(this, other) || (other is not null
        && Name == other.Name
        && Version == other.Version
        && Metadata.Equals(other.Metadata)
        && _endpoints.AsSpan().SequenceEqual(other._endpoints.AsSpan())
        && _nodes.AsSpan().SequenceEqual(other._nodes.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Version, Metadata, _endpoints.Length, _nodes.Length);

    /// <summary>The key and the number of nodes, for messages.</summary>
    public override string ToString() => $"{Key} ({_nodes.Length:N0} nodes)";

    /// <summary>
    /// Makes one record of all that have the same name, version and group: their nodes together, the later of two with one id.
    /// </summary>
    /// <param name="records">The records, which may come from a registry that keeps each node for itself.</param>
    /// <returns>The records in ordinal order of their keys, their nodes in ordinal order of their ids.</returns>
    public static ImmutableArray<ServiceRecord> Merge(IEnumerable<ServiceRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        SortedDictionary<string, (ServiceRecord Last, SortedDictionary<string, ServiceNode> Nodes)> merged = new(StringComparer.Ordinal);
        foreach (ServiceRecord record in records)
        {
            SortedDictionary<string, ServiceNode> nodes = merged.TryGetValue(record.Key, out var known)
                ? known.Nodes
                : new SortedDictionary<string, ServiceNode>(StringComparer.Ordinal);
            foreach (ServiceNode node in record.Nodes) nodes[node.Id] = node;
            merged[record.Key] = (record, nodes);
        }

        return [.. merged.Values.Select(static entry => entry.Last with { Nodes = [.. entry.Nodes.Values] })];
    }
}
