using System.Net;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>Answers questions (RFC 6762, 6), but for what the asker knows (7.1). Used in the loop alone.</summary>
internal sealed class Answerer(MdnsRegistryOptions options, MdnsLoop loop, Publications publications, Announcer announcer)
{
    /// <summary>RFC 6762, 6: only this long when a name is defended against a probe.</summary>
    private static readonly TimeSpan s_defense = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<MdnsLink, List<PendingResponse>> _pending = [];

    public void Answer(MdnsLink link, DnsMessage query, IPEndPoint asker)
    {
        if (query.Questions.Count == 0)
        {
            TakeKnown(link, query, asker);
            return;
        }

        List<OwnRecord> answers = Find(query);
        if (answers.Count == 0) return;
        if (asker.Port != options.Port)
        {
            SendToLegacy(link, query, answers, asker);
            return;
        }

        bool isProbe = query.Authorities.Count > 0;
        if (query.Questions.TrueForAll(static question => question.WantsUnicastResponse) && !isProbe)
        {
            // RFC 6762, 5.4: to the asker alone, when the others have heard it not long ago.
            if (answers.TrueForAll(answer => announcer.IsRecent(link, answer, TimeSpan.FromSeconds(answer.Record.TimeToLive / 4.0))))
            {
                SendToOne(link, answers, asker);
                return;
            }
        }

        if (isProbe || (answers.TrueForAll(static answer => answer.IsUnique) && !query.Flags.IsTruncated))
        {
            announcer.Send(link, answers, isProbe ? s_defense : options.AnnounceInterval);
            return;
        }

        Delay(link, new PendingResponse(asker, answers), query.Flags.IsTruncated);
    }

    public void Leave(MdnsLink link) => _pending.Remove(link);

    /// <summary>RFC 6762, 7.1: the asker has it, for at least half of its time.</summary>
    private static bool IsKnown(OwnRecord own, DnsMessage query) =>
        query.Answers.Exists(known => known.IsSameAs(own.Record) && known.TimeToLive >= own.Record.TimeToLive / 2);

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

    /// <summary>RFC 6762, 7.2: more known answers to what was asked before.</summary>
    private void TakeKnown(MdnsLink link, DnsMessage query, IPEndPoint asker)
    {
        if (!_pending.TryGetValue(link, out List<PendingResponse>? waiting)) return;
        foreach (PendingResponse one in waiting.Where(one => one.Asker.Equals(asker)))
        {
            one.Answers.RemoveAll(answer => IsKnown(answer, query));
        }
    }

    private List<OwnRecord> Find(DnsMessage query)
    {
        List<OwnRecord> answers = [];
        foreach (OwnRecord record in query.Questions.SelectMany(publications.Find))
        {
            if (!answers.Exists(other => other.Record.IsSameAs(record.Record)) && !IsKnown(record, query)) answers.Add(record);
        }

        return answers;
    }

    private void SendToOne(MdnsLink link, List<OwnRecord> answers, IPEndPoint asker)
    {
        IEnumerable<DnsRecord> records = answers.Select(static one => one.Record);
        foreach (ReadOnlyMemory<byte> message in MdnsMessages.Responses(records, publications.AdditionalsOf(answers)))
        {
            link.Send(message, asker);
        }
    }

    private void Delay(MdnsLink link, PendingResponse response, bool isMoreToCome)
    {
        if (!_pending.TryGetValue(link, out List<PendingResponse>? pending)) _pending.Add(link, pending = []);
        pending.Add(response);

        // RFC 6762, 6 and 7.2: 20 to 120 milliseconds, or 400 to 500 when more known answers follow.
        TimeSpan delay = Jitter.Between(options.MaxResponseDelay);
        if (isMoreToCome) delay += options.MaxResponseDelay * 3;
        loop.After(delay, () =>
        {
            if (pending.Remove(response)) announcer.Send(link, response.Answers, options.AnnounceInterval);
        });
    }
}
