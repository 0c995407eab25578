using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Layouts;

namespace SourceGen.Rpc.Registries.Mdns.Publishing;

/// <summary>The nodes that are announced here, or are about to be, and what their names lead to. Used in the loop alone.</summary>
internal sealed class Publications(IMdnsLayout layout, HostNames host)
{
    private readonly Dictionary<(string Key, string Id), Publication> _all = [];
    private readonly Dictionary<DomainName, HashSet<Publication>> _byName = [];

    /// <summary>As they are now, so that they may change while they are gone through.</summary>
    public Publication[] All => [.. _all.Values];

    public bool TryGet(string key, string id, [NotNullWhen(true)] out Publication? publication) => _all.TryGetValue((key, id), out publication);

    /// <summary>Puts a node in the place of the one that had its key and id. The names of that one stay until they are forgotten.</summary>
    public void Set(Publication publication) => _all[(publication.Record.Key, publication.Node.Id)] = publication;

    /// <summary>Takes a node out. Its names stay until they are forgotten.</summary>
    public bool Remove(string key, string id, [NotNullWhen(true)] out Publication? publication) => _all.Remove((key, id), out publication);

    public IEnumerable<Publication> Having(DomainName name) => _byName.TryGetValue(name, out HashSet<Publication>? having) ? having : [];

    /// <summary>Gives a node the records of its present name.</summary>
    /// <exception cref="RpcException">It cannot be announced.</exception>
    public void Use(Publication publication, uint timeToLive)
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

    /// <summary>Forgets the names of a node.</summary>
    public void Forget(Publication publication)
    {
        foreach (DomainName name in publication.Records.Select(static own => own.Record.Name))
        {
            if (_byName.TryGetValue(name, out HashSet<Publication>? having) && having.Remove(publication) && having.Count == 0)
            {
                _byName.Remove(name);
            }
        }
    }

    /// <summary>What answers a question.</summary>
    public IEnumerable<OwnRecord> Find(DnsQuestion question)
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
    public IEnumerable<DnsRecord> AdditionalsOf(List<OwnRecord> answers)
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

    /// <summary>Whether an answer that was to be given is still true.</summary>
    public bool IsStillThere(OwnRecord answer) =>
        Having(answer.Record.Name).Any(one => one.IsAnnounced && (one.Records.Contains(answer) || one.Denials.Contains(answer)));
}
