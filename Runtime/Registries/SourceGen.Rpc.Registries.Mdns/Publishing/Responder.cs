using System.Net;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Layouts;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>
/// Announces nodes and answers for them, as RFC 6762 says: probing (8.1) with tie-breaking (8.2), announcing (8.3), answering (6),
/// conflicts (9), goodbyes (10.1). Used in the loop alone.
/// </summary>
internal sealed class Responder(MdnsRegistryOptions options, IMdnsLayout layout, MdnsLoop loop, HostNames host, ILogger logger)
{
    private const int Probes = 3;

    /// <summary>RFC 6762, 8.1: after this many conflicts, five seconds between two attempts.</summary>
    private const int ManyConflicts = 15;
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(5);

    /// <summary>RFC 6762, 6: only this long when a name is defended against a probe.</summary>
    private static readonly TimeSpan s_defense = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<(string Key, string Id), Publication> _publications = [];
    private readonly Dictionary<DomainName, HashSet<Publication>> _byName = [];
    private readonly Dictionary<MdnsLink, List<PendingResponse>> _pending = [];

    /// <summary>The interfaces. Set before anything is announced.</summary>
    public required Func<IReadOnlyList<MdnsLink>> Links { get; init; }

    public int Count => _publications.Count;

    /// <summary>Announces a node, or renews its lease.</summary>
    /// <returns>Ends when it is announced.</returns>
    /// <exception cref="RpcException">It cannot be announced.</exception>
    public Task Publish(ServiceRecord record, TimeSpan timeToLive)
    {
        (string, string) id = (record.Key, record.Nodes[0].Id);
        if (_publications.TryGetValue(id, out Publication? known) && known.Record.Equals(record))
        {
            Renew(known, timeToLive);
            if (known.IsAnnounced) Announce(known, Links(), onlyStale: true);
            return known.Announced.Task;
        }

        Publication publication = new(record) { Attempt = known?.Attempt ?? 0 };
        Use(publication, TimeToLiveOf(timeToLive));
        _publications[id] = publication;
        Renew(publication, timeToLive);
        if (known is { IsAnnounced: true } && known.Instance.Equals(publication.Instance))
        {
            // The name is its own already; the cache-flush bit replaces what others know, and what only the old one had is withdrawn.
            known.IsWithdrawn = true;
            Forget(known);
            SendGoodbye(known, publication);
            publication.IsAnnounced = true;
            AnnounceTwice(publication);
            publication.Announced.TrySetResult();
        }
        else
        {
            if (known is not null) Withdraw(known);
            Probe(publication, Jitter(options.ProbeInterval));
        }

        return publication.Announced.Task;
    }

    /// <summary>Withdraws a node; nothing happens when it is not there.</summary>
    public void Withdraw(string key, string id)
    {
        if (_publications.Remove((key, id), out Publication? publication)) Withdraw(publication);
    }

    public void WithdrawAll()
    {
        Publication[] all = [.. _publications.Values];
        _publications.Clear();
        foreach (Publication publication in all) Withdraw(publication);
    }

    /// <summary>
    /// An interface came, or came up again: what is announced has to be probed and announced there, too (RFC 6762, 8). Twice, since the
    /// first one may be lost while the network still comes up.
    /// </summary>
    public void Introduce(MdnsLink link)
    {
        foreach (Publication publication in _publications.Values.Where(static one => one.IsAnnounced)) Introduce(publication, link);
    }

    public void Leave(MdnsLink link) => _pending.Remove(link);

    /// <summary>Answers a query.</summary>
    public void Answer(MdnsLink link, DnsMessage query, IPEndPoint asker)
    {
        foreach (Publication publication in _publications.Values.Where(static one => !one.IsAnnounced).ToArray())
        {
            BreakTie(publication, query);
        }
        if (query.Questions.Count == 0)
        {
            // More known answers to what was asked before.
            if (!_pending.TryGetValue(link, out List<PendingResponse>? waiting)) return;
            foreach (PendingResponse one in waiting.Where(one => one.Asker.Equals(asker)))
            {
                one.Answers.RemoveAll(answer => IsKnown(answer, query));
            }
            return;
        }

        bool isLegacy = asker.Port != options.Port;
        List<OwnRecord> answers = [];
        foreach (DnsQuestion question in query.Questions)
        {
            foreach (OwnRecord record in Find(question))
            {
                if (!answers.Exists(other => other.Record.IsSameAs(record.Record)) && !IsKnown(record, query)) answers.Add(record);
            }
        }

        if (answers.Count == 0) return;
        if (isLegacy)
        {
            SendToLegacy(link, query, answers, asker);
            return;
        }

        bool isProbe = query.Authorities.Count > 0;
        if (query.Questions.TrueForAll(static question => question.WantsUnicastResponse) && !isProbe)
        {
            // RFC 6762, 5.4: to the asker alone, when the others have heard it not long ago.
            if (answers.TrueForAll(answer => IsRecent(link, answer, TimeSpan.FromSeconds(answer.Record.TimeToLive / 4.0))))
            {
                IEnumerable<DnsRecord> records = answers.Select(static one => one.Record);
                foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(records, AdditionalsOf(answers))) link.Send(message, asker);
                return;
            }
        }

        if (isProbe || (answers.TrueForAll(static answer => answer.IsUnique) && !query.Flags.IsTruncated))
        {
            Send(link, answers, isProbe ? s_defense : options.AnnounceInterval);
            return;
        }

        if (!_pending.TryGetValue(link, out List<PendingResponse>? pending)) _pending.Add(link, pending = []);
        PendingResponse response = new(asker, answers);
        pending.Add(response);

        // RFC 6762, 6 and 7.2: 20 to 120 milliseconds, or 400 to 500 when more known answers follow.
        TimeSpan delay = (options.MaxResponseDelay / 6) + Jitter(options.MaxResponseDelay * 5 / 6);
        if (query.Flags.IsTruncated) delay += options.MaxResponseDelay * 3;
        loop.After(delay, () =>
        {
            if (pending.Remove(response)) Send(link, response.Answers, options.AnnounceInterval);
        });
    }

    /// <summary>Looks whether what others announce contradicts what is announced here, or was to be.</summary>
    public void Check(DnsMessage response)
    {
        foreach (DnsRecord record in response.Answers.Concat(response.Additionals))
        {
            foreach (Publication publication in Having(record.Name).ToArray())
            {
                if (record.TimeToLive == 0) Rescue(publication, record);
                else if (Contradicts(publication, record)) Resolve(publication, record);
            }
        }
    }

    private static bool Contradicts(Publication publication, DnsRecord record) =>
        publication.Unique.Any(own => own.Record.Name.Equals(record.Name) && own.Record.Type == record.Type)
        && !publication.Unique.Any(own => own.Record.IsSameAs(record));

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
        Probe(publication, Jitter(options.ProbeInterval));
    }

    private void Rename(Publication publication)
    {
        DomainName before = publication.Instance;
        publication.Attempt++;
        Use(publication, publication.Records[0].Record.TimeToLive);
        MdnsRegistryLog.Renamed(logger, before.ToString(), publication.Node.Id, publication.Instance.ToString());
        Probe(publication, publication.Conflicts < ManyConflicts ? Jitter(options.ProbeInterval) : s_slow);
    }

    /// <summary>RFC 6762, 10.1: a goodbye of a record that this one also has is answered by saying that it is still there.</summary>
    private void Rescue(Publication publication, DnsRecord goodbye)
    {
        if (!publication.IsAnnounced) return;
        OwnRecord[] gone = [.. publication.Records.Where(own => own.Record.IsSameAs(goodbye))];
        if (gone.Length > 0) loop.After(Jitter(options.MaxResponseDelay), () => SendAll(publication, gone));
    }

    private void Probe(Publication publication, TimeSpan delay)
    {
        int round = ++publication.Round;
        int sent = 0;
        loop.After(delay, Next);

        void Next()
        {
            if (publication.IsWithdrawn || publication.Round != round) return;
            if (sent++ < Probes)
            {
                SendProbe(publication, Links());
                loop.After(options.ProbeInterval, Next);
                return;
            }

            publication.IsAnnounced = true;
            AnnounceTwice(publication);
            publication.Announced.TrySetResult();
        }
    }

    private void Introduce(Publication publication, MdnsLink link)
    {
        int round = publication.Round;
        int connection = link.Connection;
        int sent = 0;
        loop.After(Jitter(options.ProbeInterval), Next);

        void Next()
        {
            if (publication.IsWithdrawn || publication.Round != round || !link.IsAt(connection)) return;
            if (sent++ < Probes)
            {
                SendProbe(publication, [link]);
                loop.After(options.ProbeInterval, Next);
                return;
            }

            Announce(publication, [link], onlyStale: false);
            if (sent == Probes + 1) loop.After(options.AnnounceInterval, Next);
        }
    }

    private static void SendProbe(Publication publication, IEnumerable<MdnsLink> links)
    {
        DnsMessageWriter writer = new(MdnsLink.MaxMessage);
        foreach (DomainName name in publication.Unique.Select(static own => own.Record.Name).Distinct())
        {
            // RFC 6762, 8.1: answered to the asker alone, which is quicker.
            writer.TryWrite(new DnsQuestion(name, DnsRecordType.Any, DnsRecord.InternetClass | DnsQuestion.UnicastResponseBit));
        }

        foreach (OwnRecord own in publication.Unique) writer.TryWrite(DnsSection.Authority, own.Plain);
        ReadOnlyMemory<byte> message = writer.Finish(0, DnsFlags.MulticastQuery);
        foreach (MdnsLink link in links) link.Send(message);
    }

    /// <summary>RFC 6762, 8.2: of two that probe for one name at once, the one whose records are the later ones in order goes on.</summary>
    private void BreakTie(Publication publication, DnsMessage query)
    {
        foreach (IGrouping<DomainName, OwnRecord> mine in publication.Unique.GroupBy(static own => own.Record.Name))
        {
            DnsRecord[] theirs = [.. query.Authorities.Where(record => record.Name.Equals(mine.Key))];
            if (theirs.Length == 0 || CompareRecords([.. mine.Select(static own => own.Plain)], theirs) >= 0) continue;

            // It waits for a second, in which the other one takes the name; then it will be told that it is taken.
            Probe(publication, options.ProbeInterval * 4);
            return;
        }
    }

    internal static int CompareRecords(DnsRecord[] ours, DnsRecord[] theirs)
    {
        Array.Sort(ours, CompareRecord);
        Array.Sort(theirs, CompareRecord);
        for (int i = 0; i < ours.Length && i < theirs.Length; i++)
        {
            int order = CompareRecord(ours[i], theirs[i]);
            if (order != 0) return order;
        }

        return ours.Length.CompareTo(theirs.Length);
    }

    private static int CompareRecord(DnsRecord one, DnsRecord other)
    {
        int order = (one.Class & ~DnsRecord.CacheFlushBit).CompareTo(other.Class & ~DnsRecord.CacheFlushBit);
        if (order == 0) order = one.Type.CompareTo(other.Type);
        return order != 0 ? order : DnsMessageWriter.ToWire(one.Data).AsSpan().SequenceCompareTo(DnsMessageWriter.ToWire(other.Data));
    }

    private void AnnounceTwice(Publication publication)
    {
        Announce(publication, Links(), onlyStale: false);
        int round = publication.Round;
        loop.After(options.AnnounceInterval, () =>
        {
            if (!publication.IsWithdrawn && publication.IsAnnounced && publication.Round == round)
            {
                Announce(publication, Links(), onlyStale: false);
            }
        });
    }

    private void Announce(Publication publication, IEnumerable<MdnsLink> links, bool onlyStale)
    {
        foreach (MdnsLink link in links)
        {
            OwnRecord[] records = [.. publication.Records.Where(own => !onlyStale || !IsRecent(link, own, options.AnnounceInterval))];
            foreach (OwnRecord own in records) link.MulticastAt[own] = loop.Now;
            foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(records.Select(static own => own.Record), []))
            {
                link.Send(message);
            }
        }
    }

    private void SendAll(Publication publication, OwnRecord[] records)
    {
        if (publication.IsWithdrawn) return;
        foreach (MdnsLink link in Links()) Send(link, [.. records], TimeSpan.Zero);
    }

    private void Send(MdnsLink link, List<OwnRecord> answers, TimeSpan notWithin)
    {
        answers.RemoveAll(answer => !IsStillThere(answer));
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
        if (answers.Count == 0) return;
        foreach (OwnRecord answer in answers) link.MulticastAt[answer] = loop.Now;
        foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(answers.Select(static one => one.Record), AdditionalsOf(answers)))
        {
            link.Send(message);
        }
    }

    /// <summary>RFC 6762, 6.7: to resolvers that know no multicast, as a DNS server would, and not for long.</summary>
    private static void SendToLegacy(MdnsLink link, DnsMessage query, List<OwnRecord> answers, IPEndPoint asker)
    {
        const uint MaxTimeToLive = 10;
        DnsMessageWriter writer = new(MdnsLink.UsualMessage);
        foreach (DnsQuestion question in query.Questions) writer.TryWrite(question);
        foreach (OwnRecord answer in answers)
        {
            writer.TryWrite(DnsSection.Answer, answer.Plain with { TimeToLive = Math.Min(answer.Record.TimeToLive, MaxTimeToLive) });
        }

        link.Send(writer.Finish(query.Id, DnsFlags.MulticastResponse), asker);
    }

    private IEnumerable<OwnRecord> Find(DnsQuestion question)
    {
        foreach (Publication publication in Having(question.Name).Where(static one => one.IsAnnounced))
        {
            bool isName = false;
            bool isFound = false;
            foreach (OwnRecord own in publication.Records)
            {
                if (!own.Record.Name.Equals(question.Name)) continue;
                isName |= own.IsUnique;
                if (!question.IsAnsweredBy(own.Record)) continue;
                isFound = true;
                yield return own;
            }

            // RFC 6762, 6.1: of a name that is its own it can also say what it has not.
            if (isName && !isFound) yield return publication.Denials.First(denial => denial.Record.Name.Equals(question.Name));
        }
    }

    /// <summary>What who asks will ask for next (RFC 6763, 12): of a pointer the instance's records, of an SRV record the host's.</summary>
    private IEnumerable<DnsRecord> AdditionalsOf(List<OwnRecord> answers)
    {
        HashSet<DomainName> names = [.. answers.Select(static answer => answer.Record.Data).Select(static data => data switch
        {
            NameData pointer => pointer.Target,
            SrvData srv => srv.Target,
            _ => null,
        }).OfType<DomainName>()];
        foreach (Publication publication in names.SelectMany(Having).Distinct().Where(static one => one.IsAnnounced))
        {
            foreach (OwnRecord own in publication.Unique)
            {
                if (!answers.Exists(answer => answer.Record.IsSameAs(own.Record))) yield return own.Record;
            }
        }
    }

    private void Withdraw(Publication publication)
    {
        publication.IsWithdrawn = true;
        publication.Announced.TrySetResult();
        Forget(publication);
        if (publication.IsAnnounced) SendGoodbye(publication);
    }

    /// <summary>Gives a node the records of its present name.</summary>
    private void Use(Publication publication, uint timeToLive)
    {
        NodeRecords records = layout.Write(publication.Record, publication.Attempt, host, timeToLive);
        Forget(publication);
        publication.Use(records);
        foreach (DomainName name in publication.Records.Select(static own => own.Record.Name))
        {
            if (!_byName.TryGetValue(name, out HashSet<Publication>? having)) _byName.Add(name, having = []);
            having.Add(publication);
        }
    }

    private void Forget(Publication publication)
    {
        foreach (DomainName name in publication.Records.Select(static own => own.Record.Name))
        {
            if (_byName.TryGetValue(name, out HashSet<Publication>? having) && having.Remove(publication) && having.Count == 0)
            {
                _byName.Remove(name);
            }
        }

        foreach (MdnsLink link in Links())
        {
            foreach (OwnRecord own in publication.Records.Concat(publication.Denials)) link.MulticastAt.Remove(own);
        }
    }

    private IEnumerable<Publication> Having(DomainName name) => _byName.TryGetValue(name, out HashSet<Publication>? having) ? having : [];

    /// <summary>
    /// RFC 6762, 10.1: all its records with a time to live of 0, but for those that others here have, too, and those that a successor
    /// replaces by the cache-flush bit.
    /// </summary>
    private void SendGoodbye(Publication publication, Publication? successor = null)
    {
        DnsRecord[] gone =
        [
            .. publication.Records
                .Where(own => !Having(own.Record.Name)
                    .Any(other => other != publication && other.Records.Any(one => one.Record.IsSameAs(own.Record))))
                .Where(own => successor is null
                    || !successor.Unique.Any(one => one.Record.Name.Equals(own.Record.Name) && one.Record.Type == own.Record.Type))
                .Select(static own => own.Record with { TimeToLive = 0 }),
        ];
        foreach (MdnsLink link in Links())
        {
            foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(gone, [])) link.Send(message);
        }
    }

    private void Renew(Publication publication, TimeSpan timeToLive)
    {
        publication.LeaseEnds = loop.Now + timeToLive.Ticks;
        loop.After(timeToLive, () =>
        {
            if (publication.IsWithdrawn || loop.Now < publication.LeaseEnds) return;
            MdnsRegistryLog.LeaseEnded(logger, publication.Node.Id, publication.Record.Key);
            Withdraw(publication.Record.Key, publication.Node.Id);
        });
    }

    /// <summary>RFC 6762, 10: two minutes is what records with a host in them have; a lease that is shorter makes it less.</summary>
    private static uint TimeToLiveOf(TimeSpan lease) => (uint)Math.Clamp(Math.Ceiling(lease.TotalSeconds), 10, 120);

    private bool IsStillThere(OwnRecord answer) =>
        Having(answer.Record.Name).Any(one => one.IsAnnounced && (one.Records.Contains(answer) || one.Denials.Contains(answer)));

    private bool IsRecent(MdnsLink link, OwnRecord own, TimeSpan time) =>
        link.MulticastAt.TryGetValue(own, out long at) && loop.Now - at < time.Ticks;

    /// <summary>RFC 6762, 7.1: the asker has it, for at least half of its time.</summary>
    private static bool IsKnown(OwnRecord own, DnsMessage query) =>
        query.Answers.Exists(known => known.IsSameAs(own.Record) && known.TimeToLive >= own.Record.TimeToLive / 2);

    private static TimeSpan Jitter(TimeSpan most) => most * Random.Shared.NextDouble();
}
