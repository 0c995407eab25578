using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>
/// What to do when others want or have the names of this registry's nodes: tie-breaking (RFC 6762, 8.2), conflicts (9), and goodbyes of
/// records that are also had here (10.1). Used in the loop alone.
/// </summary>
internal sealed class Conflicts(
    MdnsRegistryOptions options, MdnsLoop loop, Publications publications, Announcer announcer, Prober prober, ILogger logger)
{
    /// <summary>RFC 6762, 8.1: after this many conflicts, five seconds between two attempts.</summary>
    private const int Many = 15;
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(5);

    /// <summary>Lets nodes that are not announced yet give way to somebody who probes for the same name with later records.</summary>
    public void BreakTies(DnsMessage query)
    {
        if (query.Authorities.Count == 0) return;
        foreach (Publication publication in publications.All)
        {
            if (!publication.IsAnnounced) BreakTie(publication, query);
        }
    }

    /// <summary>Looks whether what others announce contradicts what is announced here, or was to be.</summary>
    public void Check(DnsMessage response)
    {
        foreach (DnsRecord record in response.Answers.Concat(response.Additionals))
        {
            foreach (Publication publication in publications.Having(record.Name).ToArray())
            {
                if (record.TimeToLive == 0) Rescue(publication, record);
                else if (Contradicts(publication, record)) Resolve(publication, record);
            }
        }
    }

    private static bool Contradicts(Publication publication, DnsRecord record) =>
        publication.Unique.Any(own => own.Record.Name.Equals(record.Name) && own.Record.Type == record.Type)
        && !publication.Unique.Any(own => own.Record.IsSameAs(record));

    private void BreakTie(Publication publication, DnsMessage query)
    {
        foreach (IGrouping<DomainName, OwnRecord> mine in publication.Unique.GroupBy(static own => own.Record.Name))
        {
            DnsRecord[] theirs = [.. query.Authorities.Where(record => record.Name.Equals(mine.Key))];
            if (theirs.Length == 0 || RecordOrder.Compare([.. mine.Select(static own => own.Plain)], theirs) >= 0) continue;

            // It waits for a second, in which the other one takes the name; then it will be told that it is taken.
            prober.Probe(publication, options.ProbeInterval * 4);
            return;
        }
    }

    private void Resolve(Publication publication, DnsRecord record)
    {
        publication.Conflicts++;
        if (!publication.IsAnnounced)
        {
            Rename(publication);
            return;
        }

        // RFC 6762, 9: back to probing with the same name. Who has it will say so; who does not takes another one.
        publication.IsAnnounced = false;
        MdnsRegistryLog.Contradicted(logger, record.Name.ToString(), publication.Instance.ToString());
        prober.Probe(publication, Jitter.UpTo(options.ProbeInterval));
    }

    private void Rename(Publication publication)
    {
        DomainName before = publication.Instance;
        publication.Attempt++;
        announcer.Forget(publication);
        publications.Use(publication, publication.Records[0].Record.TimeToLive);
        MdnsRegistryLog.Renamed(logger, before.ToString(), publication.Node.Id, publication.Instance.ToString());
        prober.Probe(publication, publication.Conflicts < Many ? Jitter.UpTo(options.ProbeInterval) : s_slow);
    }

    /// <summary>A goodbye of a record that a node here also has is answered by saying that it is still there.</summary>
    private void Rescue(Publication publication, DnsRecord goodbye)
    {
        if (!publication.IsAnnounced) return;
        OwnRecord[] gone = [.. publication.Records.Where(own => own.Record.IsSameAs(goodbye))];
        if (gone.Length > 0) loop.After(Jitter.UpTo(options.MaxResponseDelay), () => announcer.Repeat(publication, gone));
    }
}
