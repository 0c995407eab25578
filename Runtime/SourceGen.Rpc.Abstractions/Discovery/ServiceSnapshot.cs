using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>What is known of a service, or of all that a condition selects, at one moment. Immutable: reading it takes no lock.</summary>
public sealed class ServiceSnapshot
{
    /// <summary>Creates a snapshot.</summary>
    /// <param name="service">See <see cref="Service"/>.</param>
    /// <param name="number">See <see cref="Number"/>.</param>
    /// <param name="records">See <see cref="Records"/>.</param>
    /// <param name="previous">
    /// What <see cref="Added"/>, <see cref="Changed"/> and <see cref="Removed"/> are derived from; null for nothing.
    /// </param>
    /// <param name="isStale">See <see cref="IsStale"/>.</param>
    /// <param name="readAt">See <see cref="ReadAt"/>.</param>
    public ServiceSnapshot(
        string service, long number, ImmutableArray<ServiceRecord> records, ServiceSnapshot? previous, bool isStale, DateTimeOffset readAt)
    {
        Service = service;
        Number = number;
        Records = records.IsDefault ? [] : records;
        IsStale = isStale;
        ReadAt = readAt;
        Instances = [.. Records.SelectMany(record => record.Nodes.Select(node => new ServiceInstance(record, node)))];
        (Added, Changed, Removed) = Compare(previous?.Instances ?? [], Instances);
    }

    /// <summary>The service's name; <c>*</c> for all.</summary>
    public string Service { get; }

    /// <summary>From 1 upwards; a later snapshot of the same service has a greater number.</summary>
    public long Number { get; }

    /// <summary>The records: one for each version and group.</summary>
    public ImmutableArray<ServiceRecord> Records { get; }

    /// <summary>All nodes of all records, in the records' order.</summary>
    public ImmutableArray<ServiceInstance> Instances { get; }

    /// <summary>The instances that the snapshot before this one did not have.</summary>
    public ImmutableArray<ServiceInstance> Added { get; }

    /// <summary>The instances that it had with another address, metadata or record.</summary>
    public ImmutableArray<ServiceInstance> Changed { get; }

    /// <summary>The instances that it had and this one does not, as they were.</summary>
    public ImmutableArray<ServiceInstance> Removed { get; }

    /// <summary>
    /// Whether it is known to be old: the registry cannot be reached now, or answers as if it had lost its records, or the snapshot comes
    /// from disk.
    /// </summary>
    public bool IsStale { get; }

    /// <summary>When the registry last confirmed it.</summary>
    public DateTimeOffset ReadAt { get; }

    /// <summary>Service, number and size, for messages.</summary>
    public override string ToString() =>
        $"{Service} #{Number:N0}: {Instances.Length:N0} nodes{(IsStale ? ", stale" : "")}";

    private static (ImmutableArray<ServiceInstance> Added, ImmutableArray<ServiceInstance> Changed, ImmutableArray<ServiceInstance> Removed)
        Compare(ImmutableArray<ServiceInstance> before, ImmutableArray<ServiceInstance> now)
    {
        Dictionary<string, ServiceInstance> left = new(before.Length, StringComparer.Ordinal);
        foreach (ServiceInstance instance in before) left[instance.Key] = instance;
        ImmutableArray<ServiceInstance>.Builder added = ImmutableArray.CreateBuilder<ServiceInstance>();
        ImmutableArray<ServiceInstance>.Builder changed = ImmutableArray.CreateBuilder<ServiceInstance>();
        foreach (ServiceInstance instance in now)
        {
            if (!left.Remove(instance.Key, out ServiceInstance? old)) added.Add(instance);
            else if (!IsSame(old, instance)) changed.Add(instance);
        }

        return (added.ToImmutable(), changed.ToImmutable(), [.. before.Where(instance => left.ContainsKey(instance.Key))]);
    }

    /// <summary>Whether nothing about the instance itself is different; its record has other nodes now and then.</summary>
    private static bool IsSame(ServiceInstance old, ServiceInstance now) =>
        old.Node.Equals(now.Node)
        && old.Record.Metadata.Equals(now.Record.Metadata)
        && old.Record.Endpoints.AsSpan().SequenceEqual(now.Record.Endpoints.AsSpan());
}
