using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// What is known of a service, event by event. Decides which nodes are kept although the registry does not list them any more: an answer
/// that lacks what was there a moment ago says more about the registry than about the servers. Not thread safe.
/// </summary>
internal sealed class NodeTable(TimeSpan grace)
{
    private readonly SortedDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Record, string Node), DateTimeOffset> _held = [];

    /// <summary>How many nodes there are.</summary>
    public int Count => _groups.Values.Sum(static group => group.Nodes.Count);

    /// <summary>Whether nodes are kept that the registry did not list.</summary>
    public bool HoldsNodes => _held.Count > 0;

    /// <summary>When the first of them is to be let go; null when there is none.</summary>
    public DateTimeOffset? NextExpiry => _held.Count > 0 ? _held.Values.Min() : null;

    /// <summary>Takes an event in.</summary>
    /// <param name="change">The event.</param>
    /// <param name="isReturn">Whether the registry was lost and this is its first answer since.</param>
    /// <param name="now">The time.</param>
    public void Apply(RegistryEvent change, bool isReturn, DateTimeOffset now)
    {
        switch (change.Kind)
        {
            case RegistryEventKind.Snapshot:
                Replace(change.Records, isReturn, now);
                break;
            case RegistryEventKind.Delete:
                foreach (ServiceRecord record in change.Records) Remove(record);
                break;
            default:
                foreach (ServiceRecord record in change.Records) Set(record);
                break;
        }
    }

    /// <summary>Lets go of the nodes whose time is up.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Expire(DateTimeOffset now)
    {
        (string Record, string Node)[] expired = [.. _held.Where(held => held.Value <= now).Select(static held => held.Key)];
        foreach ((string record, string node) in expired) RemoveNode(record, node);
        return expired.Length > 0;
    }

    /// <summary>The records as they are now.</summary>
    public ImmutableArray<ServiceRecord> ToRecords() =>
        [.. _groups.Values.Select(static group => group.Head with { Nodes = [.. group.Nodes.Values] })];

    private void Replace(ImmutableArray<ServiceRecord> records, bool isReturn, DateTimeOffset now)
    {
        HashSet<(string, string)> listed = [.. records.SelectMany(static record => record.Nodes.Select(node => (record.Key, node.Id)))];
        (string Record, string Node)[] missing =
            [.. _groups.SelectMany(static group => group.Value.Nodes.Keys.Select(id => (group.Key, id))).Where(key => !listed.Contains(key))];
        // One that was away may have been emptied, and be filling again while servers renew what they had there, one after another.
        bool isSuspicious = listed.Count == 0 || isReturn;
        foreach ((string Record, string Node) key in missing)
        {
            // What is held already keeps its time: an empty answer that is repeated is no better than one.
            if (isSuspicious && grace > TimeSpan.Zero) _held.TryAdd(key, now + grace);
            else if (!_held.ContainsKey(key)) RemoveNode(key.Record, key.Node);
        }

        foreach (ServiceRecord record in records) Set(record);
    }

    private void Set(ServiceRecord record)
    {
        if (record.Nodes.IsEmpty) return;
        ServiceRecord head = record with { Nodes = [] };
        if (!_groups.TryGetValue(record.Key, out Group? group)) _groups.Add(record.Key, group = new Group(head));
        else if (!group.Head.Equals(head)) group.Head = head;
        foreach (ServiceNode node in record.Nodes)
        {
            group.Nodes[node.Id] = node;
            _held.Remove((record.Key, node.Id));
        }
    }

    private void Remove(ServiceRecord record)
    {
        foreach (ServiceNode node in record.Nodes)
        {
            if (RemoveNode(record.Key, node.Id)) continue;

            // Who announces it may know no more than the id.
            string? other = _groups.FirstOrDefault(
                group => group.Value.Head.Name == record.Name && group.Value.Nodes.ContainsKey(node.Id)).Key;
            if (other is not null) RemoveNode(other, node.Id);
        }
    }

    private bool RemoveNode(string record, string node)
    {
        _held.Remove((record, node));
        if (!_groups.TryGetValue(record, out Group? group) || !group.Nodes.Remove(node)) return false;
        if (group.Nodes.Count == 0) _groups.Remove(record);
        return true;
    }

    private sealed class Group(ServiceRecord head)
    {
        public ServiceRecord Head { get; set; } = head;

        public SortedDictionary<string, ServiceNode> Nodes { get; } = new(StringComparer.Ordinal);
    }
}
