using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>
/// The nodes that a watch knows, by what the store calls them, and from it the events that a change of the store means. Each entry is a
/// record with one node. Not thread safe.
/// </summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, ServiceRecord> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    /// <summary>Forgets what was known and takes up all there is.</summary>
    public RegistryEvent Reset(IEnumerable<KeyValuePair<string, ServiceRecord>> entries)
    {
        _entries.Clear();
        foreach ((string key, ServiceRecord single) in entries) _entries[key] = single;
        return RegistryEvent.Snapshot(_entries.Values);
    }

    /// <summary>An entry was written.</summary>
    /// <param name="key">What the store calls it.</param>
    /// <param name="single">What it is now; null when it is gone or cannot be read.</param>
    /// <param name="events">Where the events go: none, one, or two when it now belongs to another record.</param>
    public void Set(string key, ServiceRecord? single, ICollection<RegistryEvent> events)
    {
        ServiceRecord? before = _entries.GetValueOrDefault(key);
        if (single is null)
        {
            if (_entries.Remove(key)) events.Add(RegistryEvent.Delete(before!));
            return;
        }

        _entries[key] = single;
        if (before is null)
        {
            events.Add(RegistryEvent.Create(single));
        }
        else if (before.Key != single.Key || before.Nodes[0].Id != single.Nodes[0].Id)
        {
            events.Add(RegistryEvent.Delete(before));
            events.Add(RegistryEvent.Create(single));
        }
        else if (!before.Equals(single))
        {
            events.Add(RegistryEvent.Update(single));
        }
    }

    /// <summary>All entries of some part of the store are known anew.</summary>
    /// <param name="isPart">Whether an entry belongs to that part.</param>
    /// <param name="now">The entries of the part.</param>
    /// <param name="events">Where the events go.</param>
    public void Replace(Func<ServiceRecord, bool> isPart, IReadOnlyDictionary<string, ServiceRecord> now, ICollection<RegistryEvent> events)
    {
        List<string> gone =
            [.. _entries.Where(entry => isPart(entry.Value) && !now.ContainsKey(entry.Key)).Select(static entry => entry.Key)];
        foreach (string key in gone) Set(key, null, events);
        foreach ((string key, ServiceRecord single) in now) Set(key, single, events);
    }
}
