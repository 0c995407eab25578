using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Layouts;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>A node that is announced here, or is about to be. Used in the loop alone.</summary>
internal sealed class Publication(ServiceRecord record)
{
    /// <summary>The record with this node alone.</summary>
    public ServiceRecord Record { get; } = record;

    public ServiceNode Node => Record.Nodes[0];

    public DomainName Instance { get; private set; } = DomainName.Root;

    public IReadOnlyList<OwnRecord> Records { get; private set; } = [];

    /// <summary>For each name that is its own, that it has no other types of records than those it has (RFC 6762, 6.1).</summary>
    public IReadOnlyList<OwnRecord> Denials { get; private set; } = [];

    public IEnumerable<OwnRecord> Unique => Records.Where(static record => record.IsUnique);

    /// <summary>How often its name turned out to be taken.</summary>
    public int Conflicts { get; set; }

    /// <summary>Which name it has: 0 for the first one.</summary>
    public int Attempt { get; set; }

    /// <summary>Whether its name is its own, and it answers.</summary>
    public bool IsAnnounced { get; set; }

    public bool IsWithdrawn { get; set; }

    /// <summary>Counts the times that probing began: what was planned before does not count.</summary>
    public int Round { get; set; }

    /// <summary>When its lease ends.</summary>
    public long LeaseEnds { get; set; }

    /// <summary>Ends when it was announced.</summary>
    public TaskCompletionSource Announced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Use(NodeRecords records)
    {
        Instance = records.Instance;
        Records =
        [
            .. records.Unique.Select(
                static one => new OwnRecord(one with { Class = DnsRecord.InternetClass | DnsRecord.CacheFlushBit }, true)),
            .. records.Shared.Select(static one => new OwnRecord(one, false)),
        ];
        Denials =
        [
            .. Unique.GroupBy(static own => own.Record.Name).Select(static own => new OwnRecord(
                own.First().Record with { Data = new NsecData(own.Key, [.. own.Select(static one => one.Record.Type).Distinct().Order()]) },
                true)),
        ];
    }
}
