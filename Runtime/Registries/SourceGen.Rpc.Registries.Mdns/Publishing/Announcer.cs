using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>
/// Sends records to all: announcements (RFC 6762, 8.3), goodbyes (10.1) and answers, none of these twice within a second (6). Used in the
/// loop alone.
/// </summary>
internal sealed class Announcer(MdnsRegistryOptions options, MdnsLoop loop, Publications publications, IReadOnlyList<MdnsLink> links)
{
    /// <summary>Announces a node on all interfaces, twice.</summary>
    public void AnnounceTwice(Publication publication)
    {
        Announce(publication, links);
        int round = publication.Round;
        loop.After(options.AnnounceInterval, () =>
        {
            if (!publication.IsWithdrawn && publication.IsAnnounced && publication.Round == round) Announce(publication, links);
        });
    }

    /// <summary>Announces a node once.</summary>
    public void Announce(Publication publication, IEnumerable<MdnsLink> on)
    {
        foreach (MdnsLink link in on) Announce(link, publication.Records);
    }

    /// <summary>Announces on all interfaces what of a node was not sent there lately.</summary>
    public void AnnounceStale(Publication publication)
    {
        foreach (MdnsLink link in links)
        {
            Announce(link, publication.Records.Where(own => !IsRecent(link, own, options.AnnounceInterval)));
        }
    }

    /// <summary>Says at once on all interfaces that records of a node are still there.</summary>
    public void Repeat(Publication publication, OwnRecord[] records)
    {
        if (publication.IsWithdrawn) return;
        foreach (MdnsLink link in links) Send(link, [.. records], TimeSpan.Zero);
    }

    /// <summary>Sends answers, those that were sent not long ago when that time is over.</summary>
    /// <param name="link">Where.</param>
    /// <param name="answers">The answers; those that are not true any more are left out.</param>
    /// <param name="notWithin">How long after the last time an answer is sent again.</param>
    public void Send(MdnsLink link, List<OwnRecord> answers, TimeSpan notWithin)
    {
        answers.RemoveAll(answer => !publications.IsStillThere(answer));
        List<OwnRecord> recent = answers.FindAll(answer => IsRecent(link, answer, notWithin));
        foreach (OwnRecord own in recent)
        {
            // Who asked may have come after it was sent; who asks at once with others is served by one answer.
            long at = link.MulticastAt[own];
            loop.After(TimeSpan.FromTicks(at + notWithin.Ticks - loop.Now), () =>
            {
                if (link.MulticastAt.TryGetValue(own, out long last) && last == at) Send(link, [own], TimeSpan.Zero);
            });
        }

        answers = [.. answers.Except(recent, ReferenceEqualityComparer.Instance).OfType<OwnRecord>()];
        if (answers.Count > 0) Send(link, answers, publications.AdditionalsOf(answers));
    }

    /// <summary>
    /// RFC 6762, 10.1: all records of a node with a time to live of 0, but for those that others here have, too, and those that a successor
    /// replaces by the cache-flush bit.
    /// </summary>
    public void SendGoodbye(Publication publication, Publication? successor = null)
    {
        DnsRecord[] gone =
        [
            .. publication.Records
                .Where(own => !publications.Having(own.Record.Name)
                    .Any(other => other != publication && other.Records.Any(one => one.Record.IsSameAs(own.Record))))
                .Where(own => successor is null
                    || !successor.Unique.Any(one => one.Record.Name.Equals(own.Record.Name) && one.Record.Type == own.Record.Type))
                .Select(static own => own.Record with { TimeToLive = 0 }),
        ];
        foreach (MdnsLink link in links)
        {
            foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(gone, [])) link.Send(message);
        }
    }

    /// <summary>Forgets when the records of a node were sent.</summary>
    public void Forget(Publication publication)
    {
        foreach (MdnsLink link in links)
        {
            foreach (OwnRecord own in publication.Records.Concat(publication.Denials)) link.MulticastAt.Remove(own);
        }
    }

    /// <summary>Whether a record was sent to all on an interface within a time.</summary>
    public bool IsRecent(MdnsLink link, OwnRecord own, TimeSpan time) =>
        link.MulticastAt.TryGetValue(own, out long at) && loop.Now - at < time.Ticks;

    private void Announce(MdnsLink link, IEnumerable<OwnRecord> records) => Send(link, [.. records], additionals: []);

    private void Send(MdnsLink link, List<OwnRecord> records, IEnumerable<DnsRecord> additionals)
    {
        foreach (OwnRecord own in records) link.MulticastAt[own] = loop.Now;
        foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(records.Select(static own => own.Record), additionals))
        {
            link.Send(message);
        }
    }
}
