using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>The nodes of one service, and what was told of them.</summary>
internal sealed class RecordDirectory(string path)
{
    private Dictionary<(string Key, string Id), (ServiceRecord Record, ServiceNode Node)> _told = [];

    public string Path { get; } = path;

    /// <summary>Whether the names of its nodes have to be read.</summary>
    public bool IsDirty { get; set; } = true;

    /// <summary>Whether something in it was read since it was last told of.</summary>
    public bool IsTouched { get; set; }

    public Dictionary<string, RecordNode> Nodes { get; } = new(StringComparer.Ordinal);

    public IEnumerable<ServiceRecord> Records =>
        Nodes.Values.OrderBy(static node => node.Name, StringComparer.Ordinal).Select(static node => node.Record).OfType<ServiceRecord>();

    /// <summary>Makes the nodes be those that are there now. Those that are new have to be read.</summary>
    public void SetNames(ReadOnlySpan<string> names)
    {
        HashSet<string> gone = [.. Nodes.Keys];
        foreach (string name in names)
        {
            if (!gone.Remove(name)) Nodes.TryAdd(name, new RecordNode(name));
        }

        foreach (string name in gone) Nodes.Remove(name);
        IsDirty = false;
        IsTouched = true;
    }

    /// <summary>Takes what is there now as told.</summary>
    public void SetTold()
    {
        _told = GetInstances();
        IsTouched = false;
    }

    /// <summary>What is other than it was when it was last told.</summary>
    public IEnumerable<RegistryEvent> TakeEvents()
    {
        Dictionary<(string Key, string Id), (ServiceRecord Record, ServiceNode Node)> before = _told;
        SetTold();
        return Group(before.Where(pair => !_told.ContainsKey(pair.Key)), RegistryEvent.Delete)
            .Concat(Group(_told.Where(pair => !before.ContainsKey(pair.Key)), RegistryEvent.Create))
            .Concat(Group(_told.Where(pair => before.TryGetValue(pair.Key, out var old) && !old.Equals(pair.Value)), RegistryEvent.Update));
    }

    /// <summary>One event for all nodes of which the same is known besides themselves.</summary>
    private static IEnumerable<RegistryEvent> Group(
        IEnumerable<KeyValuePair<(string Key, string Id), (ServiceRecord Record, ServiceNode Node)>> instances,
        Func<ServiceRecord, RegistryEvent> create) => instances
        .GroupBy(static pair => pair.Value.Record, static pair => pair.Value.Node)
        .Select(group => create(group.Key with { Nodes = [.. group.OrderBy(static node => node.Id, StringComparer.Ordinal)] }));

    /// <summary>
    /// What is there, by what tells it apart. Of two nodes that say the same identity the one with the later name counts.
    /// </summary>
    private Dictionary<(string Key, string Id), (ServiceRecord Record, ServiceNode Node)> GetInstances()
    {
        Dictionary<(string Key, string Id), (ServiceRecord Record, ServiceNode Node)> instances = [];
        foreach (RecordNode entry in Nodes.Values.OrderBy(static node => node.Name, StringComparer.Ordinal))
        {
            if (entry.Record is not { } record) continue;
            ServiceRecord bare = record with { Nodes = [] };
            foreach (ServiceNode node in record.Nodes) instances[(record.Key, node.Id)] = (bare, node);
        }

        return instances;
    }
}
