using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>Asks whether names are free before nodes are announced under them (RFC 6762, 8.1). Used in the loop alone.</summary>
internal sealed class Prober(MdnsRegistryOptions options, MdnsLoop loop, Announcer announcer, IReadOnlyList<MdnsLink> links)
{
    private const int Probes = 3;

    /// <summary>Probes a node's name on all interfaces, from the beginning, and announces the node when nobody objects.</summary>
    /// <param name="publication">The node.</param>
    /// <param name="delay">How long to wait before that.</param>
    public void Probe(Publication publication, TimeSpan delay)
    {
        int round = ++publication.Round;
        int sent = 0;
        loop.After(delay, Next);

        void Next()
        {
            if (publication.IsWithdrawn || publication.Round != round) return;
            if (sent++ < Probes)
            {
                SendProbe(publication, links);
                loop.After(options.ProbeInterval, Next);
                return;
            }

            publication.IsAnnounced = true;
            announcer.AnnounceTwice(publication);
            publication.Announced.TrySetResult();
        }
    }

    /// <summary>
    /// Probes a node that is announced elsewhere on an interface that came, or came up again, and announces it there. Twice, since the first
    /// announcement may be lost while the network still comes up.
    /// </summary>
    public void Introduce(Publication publication, MdnsLink link)
    {
        int round = publication.Round;
        int connection = link.Connection;
        int sent = 0;
        loop.After(Jitter.UpTo(options.ProbeInterval), Next);

        void Next()
        {
            if (publication.IsWithdrawn || publication.Round != round || !link.IsAt(connection)) return;
            if (sent++ < Probes)
            {
                SendProbe(publication, [link]);
                loop.After(options.ProbeInterval, Next);
                return;
            }

            announcer.Announce(publication, [link]);
            if (sent == Probes + 1) loop.After(options.AnnounceInterval, Next);
        }
    }

    private static void SendProbe(Publication publication, IEnumerable<MdnsLink> on)
    {
        DnsMessageWriter writer = new(MdnsLink.MaxMessage);
        foreach (DomainName name in publication.Unique.Select(static own => own.Record.Name).Distinct())
        {
            // RFC 6762, 8.1: answered to the asker alone, which is quicker.
            writer.TryWrite(new DnsQuestion(name, DnsRecordType.Any, DnsRecord.InternetClass | DnsQuestion.UnicastResponseBit));
        }

        foreach (OwnRecord own in publication.Unique) writer.TryWrite(DnsSection.Authority, own.Plain);
        ReadOnlyMemory<byte> message = writer.Finish(0, DnsFlags.MulticastQuery);
        foreach (MdnsLink link in on) link.Send(message);
    }
}
