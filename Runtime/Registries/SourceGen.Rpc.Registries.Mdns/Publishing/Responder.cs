using System.Net;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.Mdns.Layouts;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>
/// Announces nodes for as long as their lease lasts, and answers for them, as RFC 6762 says. Used in the loop alone.
/// </summary>
internal sealed class Responder
{
    private readonly MdnsRegistryOptions _options;
    private readonly MdnsLoop _loop;
    private readonly ILogger _logger;
    private readonly Publications _publications;
    private readonly Announcer _announcer;
    private readonly Prober _prober;
    private readonly Conflicts _conflicts;
    private readonly Answerer _answerer;

    /// <summary>Creates a responder that announces nothing yet.</summary>
    /// <param name="options">The pace.</param>
    /// <param name="layout">In whose form.</param>
    /// <param name="loop">Where everything runs.</param>
    /// <param name="host">The names of hosts.</param>
    /// <param name="links">The interfaces, which change.</param>
    /// <param name="logger">Where it logs.</param>
    public Responder(
        MdnsRegistryOptions options, IMdnsLayout layout, MdnsLoop loop, HostNames host, IReadOnlyList<MdnsLink> links, ILogger logger)
    {
        _options = options;
        _loop = loop;
        _logger = logger;
        _publications = new Publications(layout, host);
        _announcer = new Announcer(options, loop, _publications, links);
        _prober = new Prober(options, loop, _announcer, links);
        _conflicts = new Conflicts(options, loop, _publications, _announcer, _prober, logger);
        _answerer = new Answerer(options, loop, _publications, _announcer);
    }

    /// <summary>Announces a node, or renews its lease.</summary>
    /// <returns>Ends when it is announced.</returns>
    /// <exception cref="RpcException">It cannot be announced.</exception>
    public Task Publish(ServiceRecord record, TimeSpan timeToLive)
    {
        if (_publications.TryGet(record.Key, record.Nodes[0].Id, out Publication? known) && known.Record.Equals(record))
        {
            Renew(known, timeToLive);
            if (known.IsAnnounced) _announcer.AnnounceStale(known);
            return known.Announced.Task;
        }

        Publication publication = new(record) { Attempt = known?.Attempt ?? 0 };
        _publications.Use(publication, TimeToLiveOf(timeToLive));
        _publications.Set(publication);
        Renew(publication, timeToLive);
        if (known is { IsAnnounced: true } && known.Instance.Equals(publication.Instance))
        {
            // The name is its own already; the cache-flush bit replaces what others know, and what only the old one had is withdrawn.
            known.IsWithdrawn = true;
            Forget(known);
            _announcer.SendGoodbye(known, publication);
            publication.IsAnnounced = true;
            _announcer.AnnounceTwice(publication);
            publication.Announced.TrySetResult();
        }
        else
        {
            if (known is not null) Withdraw(known);
            _prober.Probe(publication, Jitter.UpTo(_options.ProbeInterval));
        }

        return publication.Announced.Task;
    }

    /// <summary>Withdraws a node; nothing happens when it is not there.</summary>
    public void Withdraw(string key, string id)
    {
        if (_publications.Remove(key, id, out Publication? publication)) Withdraw(publication);
    }

    public void WithdrawAll()
    {
        foreach (Publication publication in _publications.All) Withdraw(publication.Record.Key, publication.Node.Id);
    }

    /// <summary>An interface came, or came up again: what is announced has to be probed and announced there, too (RFC 6762, 8).</summary>
    public void Introduce(MdnsLink link)
    {
        foreach (Publication publication in _publications.All)
        {
            if (publication.IsAnnounced) _prober.Introduce(publication, link);
        }
    }

    public void Leave(MdnsLink link) => _answerer.Leave(link);

    /// <summary>Answers a query.</summary>
    public void Answer(MdnsLink link, DnsMessage query, IPEndPoint asker)
    {
        _conflicts.BreakTies(query);
        _answerer.Answer(link, query, asker);
    }

    /// <summary>Looks whether what others announce contradicts what is announced here, or was to be.</summary>
    public void Check(DnsMessage response) => _conflicts.Check(response);

    /// <summary>RFC 6762, 10: two minutes is what records with a host in them have; a lease that is shorter makes it less.</summary>
    private static uint TimeToLiveOf(TimeSpan lease) => (uint)Math.Clamp(Math.Ceiling(lease.TotalSeconds), 10, 120);

    private void Withdraw(Publication publication)
    {
        publication.IsWithdrawn = true;
        publication.Announced.TrySetResult();
        Forget(publication);
        if (publication.IsAnnounced) _announcer.SendGoodbye(publication);
    }

    private void Forget(Publication publication)
    {
        _publications.Forget(publication);
        _announcer.Forget(publication);
    }

    private void Renew(Publication publication, TimeSpan timeToLive)
    {
        publication.LeaseEnds = _loop.Now + timeToLive.Ticks;
        _loop.After(timeToLive, () =>
        {
            if (publication.IsWithdrawn || _loop.Now < publication.LeaseEnds) return;
            MdnsRegistryLog.LeaseEnded(_logger, publication.Node.Id, publication.Record.Key);
            Withdraw(publication.Record.Key, publication.Node.Id);
        });
    }
}
