using System.Collections.Concurrent;
using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Memory;

/// <summary>Records in the memory of this process, with their leases and those who follow them. Thread safe.</summary>
public sealed class MemoryRegistryStore
{
    private static readonly ConcurrentDictionary<string, MemoryRegistryStore> s_shared = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, SortedDictionary<NodeKey, Entry>> _services = new(StringComparer.Ordinal);
    private readonly HashSet<MemoryWatch> _watches = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _nextEnd = long.MaxValue;

    /// <summary>Creates an empty store that nobody shares who is not given it.</summary>
    /// <param name="time">The clock that leases end by; null for the system's.</param>
    public MemoryRegistryStore(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _timer = _time.CreateTimer(
            static state => ((MemoryRegistryStore)state!).OnLeaseEnd(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The store of a name, which lives as long as the process.</summary>
    internal static MemoryRegistryStore Shared(string name) => s_shared.GetOrAdd(name, static _ => new MemoryRegistryStore());

    internal void Register(ServiceRecord record, RegisterOptions options)
    {
        lock (_lock)
        {
            EndLeases();
            long end = options.IsPersistent ? long.MaxValue : EndOf(options.TimeToLive);
            if (!_services.TryGetValue(record.Name, out SortedDictionary<NodeKey, Entry>? nodes))
            {
                _services.Add(record.Name, nodes = []);
            }

            List<ServiceNode> created = [];
            List<ServiceNode> updated = [];
            foreach (ServiceNode node in record.Nodes)
            {
                NodeKey key = new(record.Key, node.Id);
                ServiceRecord single = record with { Nodes = [node] };
                if (!nodes.TryGetValue(key, out Entry before)) created.Add(node);
                else if (!before.Record.Equals(single)) updated.Add(node);
                nodes[key] = new Entry(single, end);
            }

            if (created.Count > 0) Tell(RegistryEvent.Create(record with { Nodes = [.. created] }));
            if (updated.Count > 0) Tell(RegistryEvent.Update(record with { Nodes = [.. updated] }));
            if (end < _nextEnd) SetTimer(end);
        }
    }

    /// <returns>The first node that is not there; none is removed then when <paramref name="mustExist"/>.</returns>
    internal ServiceNode? Deregister(ServiceRecord record, bool mustExist)
    {
        lock (_lock)
        {
            EndLeases();
            SortedDictionary<NodeKey, Entry>? nodes = _services.GetValueOrDefault(record.Name);
            ServiceNode? missing = record.Nodes.FirstOrDefault(node => nodes?.ContainsKey(new NodeKey(record.Key, node.Id)) != true);
            if (nodes is null || (missing is not null && mustExist)) return missing;
            List<Entry> removed = [];
            foreach (ServiceNode node in record.Nodes)
            {
                if (nodes.Remove(new NodeKey(record.Key, node.Id), out Entry entry)) removed.Add(entry);
            }

            if (nodes.Count == 0) _services.Remove(record.Name);
            TellDeleted(removed);
            return missing;
        }
    }

    /// <returns>The records; none when the service is not registered.</returns>
    internal ImmutableArray<ServiceRecord> Read(string service)
    {
        lock (_lock)
        {
            EndLeases();
            return ServiceRecord.Merge(Entries(service));
        }
    }

    internal ImmutableArray<string> List()
    {
        lock (_lock)
        {
            EndLeases();
            return [.. _services.Keys];
        }
    }

    internal MemoryWatch Watch(string? service)
    {
        MemoryWatch watch = new(this, service);
        lock (_lock) _watches.Add(watch);
        return watch;
    }

    internal void End(MemoryWatch watch)
    {
        lock (_lock) _watches.Remove(watch);
    }

    /// <summary>Takes the watch's next event: in the store's lock, so that a snapshot and what follows it fit together.</summary>
    /// <returns>Null when there is none now; <paramref name="more"/> ends when there is.</returns>
    internal RegistryEvent? Take(MemoryWatch watch, out Task more)
    {
        lock (_lock)
        {
            EndLeases();
            return watch.Take(Entries, out more);
        }
    }

    private IEnumerable<ServiceRecord> Entries(string? service) => service is null
        ? _services.Values.SelectMany(static nodes => nodes.Values).Select(static entry => entry.Record)
        : _services.TryGetValue(service, out SortedDictionary<NodeKey, Entry>? nodes) ? nodes.Values.Select(static entry => entry.Record)
        : [];

    private void Tell(RegistryEvent change)
    {
        foreach (MemoryWatch watch in _watches) watch.Add(change);
    }

    private void TellDeleted(IEnumerable<Entry> removed)
    {
        foreach (ServiceRecord record in ServiceRecord.Merge(removed.Select(static entry => entry.Record)))
        {
            Tell(RegistryEvent.Delete(record));
        }
    }

    /// <summary>Ends what is due, also when the timer has not fired yet: nobody reads a lease that is over.</summary>
    private void EndLeases()
    {
        long now = _time.GetTimestamp();
        if (now < _nextEnd) return;
        List<Entry> ended = [];
        List<string> empty = [];
        long next = long.MaxValue;
        foreach ((string service, SortedDictionary<NodeKey, Entry> nodes) in _services)
        {
            List<NodeKey>? over = null;
            foreach ((NodeKey key, Entry entry) in nodes)
            {
                if (entry.End > now) next = Math.Min(next, entry.End);
                else (over ??= []).Add(key);
            }

            if (over is null) continue;
            foreach (NodeKey key in over)
            {
                if (nodes.Remove(key, out Entry entry)) ended.Add(entry);
            }

            if (nodes.Count == 0) empty.Add(service);
        }

        foreach (string service in empty) _services.Remove(service);
        SetTimer(next);
        TellDeleted(ended);
    }

    private void OnLeaseEnd()
    {
        lock (_lock)
        {
            EndLeases();
            // It may have fired a little early, by its own clock.
            if (_nextEnd < long.MaxValue) SetTimer(_nextEnd);
        }
    }

    private long EndOf(TimeSpan timeToLive)
    {
        double ticks = timeToLive.TotalSeconds * _time.TimestampFrequency;
        long now = _time.GetTimestamp();
        return ticks < long.MaxValue - now - 1 ? now + (long)ticks : long.MaxValue - 1;
    }

    private void SetTimer(long end)
    {
        _nextEnd = end;
        TimeSpan due = Timeout.InfiniteTimeSpan;
        if (end < long.MaxValue)
        {
            // A timer takes 49 days at most; it is set again when it fires.
            double milliseconds = Math.Ceiling((end - _time.GetTimestamp()) * 1_000.0 / _time.TimestampFrequency);
            due = TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 1, int.MaxValue));
        }

        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct Entry(ServiceRecord Record, long End);

    private readonly record struct NodeKey(string Record, string Node) : IComparable<NodeKey>
    {
        public int CompareTo(NodeKey other)
        {
            int order = string.CompareOrdinal(Record, other.Record);
            return order != 0 ? order : string.CompareOrdinal(Node, other.Node);
        }
    }
}
