using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Mdns.Browsing;

/// <summary>What was heard on one interface (RFC 6762, 10). Used in the loop alone.</summary>
internal sealed class RecordCache
{
    /// <summary>How many records are kept; what comes then is not.</summary>
    private const int MaxRecords = 100_000;

    private readonly Dictionary<(DomainName, DnsRecordType), List<CachedRecord>> _records = [];
    private int _count;

    /// <summary>When the next one ends or is to be asked for again.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    public IEnumerable<CachedRecord> Get(DomainName name, DnsRecordType type) =>
        _records.TryGetValue((name, type), out List<CachedRecord>? list) ? list : [];

    public DnsRecordData? GetData(DomainName name, DnsRecordType type) => Get(name, type).LastOrDefault()?.Record.Data;

    /// <summary>Takes what was heard.</summary>
    /// <returns>Whether something that can be read of it is other than before.</returns>
    public bool Add(DnsRecord record, long now)
    {
        (DomainName, DnsRecordType) key = (record.Name, record.Type);
        bool isKnownName = _records.TryGetValue(key, out List<CachedRecord>? list);
        CachedRecord? known = list?.Find(one => one.Record.IsSameAs(record));
        if (record.TimeToLive == 0)
        {
            // Gone at once: whoever has it, too, says so within a second, and what watches sees it come back.
            if (known is not null) EndAt(known, now);
            return false;
        }

        if (known is null && _count >= MaxRecords) return false;
        if (!isKnownName) _records.Add(key, list = []);
        if (record.IsCacheFlush)
        {
            // RFC 6762, 10.2: what is older than a second is not true any more; the rest may be of the same announcement.
            foreach (CachedRecord other in list!)
            {
                if (other != known && now - other.ReceivedAt > TimeSpan.TicksPerSecond) EndAt(other, now);
            }
        }

        if (known is not null)
        {
            list!.Remove(known);
            _count--;
        }

        CachedRecord added = new(record, now);
        list!.Add(added);
        _count++;
        NextDue = Math.Min(NextDue, added.RefreshAt);
        return known is null || list.Count > 1;
    }

    /// <summary>Removes what has ended, and gives what is to be asked for again.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isWanted">Whether a name is still of interest.</param>
    /// <param name="questions">What to ask.</param>
    /// <returns>Whether something was removed.</returns>
    public bool Age(long now, Func<DomainName, bool> isWanted, HashSet<DnsQuestion> questions)
    {
        if (now < NextDue) return false;
        NextDue = long.MaxValue;
        int before = _count;
        List<(DomainName, DnsRecordType)> empty = [];
        foreach (((DomainName, DnsRecordType) key, List<CachedRecord> list) in _records)
        {
            _count -= list.RemoveAll(one => one.ExpiresAt <= now);
            if (list.Count == 0) empty.Add(key);
            foreach (CachedRecord one in list)
            {
                if (one.RefreshAt <= now)
                {
                    one.Refreshed(now);
                    if (isWanted(key.Item1)) questions.Add(new DnsQuestion(key.Item1, key.Item2));
                }

                NextDue = Math.Min(NextDue, Math.Min(one.ExpiresAt, one.RefreshAt));
            }
        }

        foreach ((DomainName, DnsRecordType) key in empty) _records.Remove(key);
        return _count != before;
    }

    private void EndAt(CachedRecord record, long time)
    {
        record.EndBefore(time);
        NextDue = Math.Min(NextDue, record.ExpiresAt);
    }
}
