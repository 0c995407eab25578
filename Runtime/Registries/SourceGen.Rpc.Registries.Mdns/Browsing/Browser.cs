using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;
using SourceGen.Rpc.Registries.Mdns.Layouts;
using SourceGen.Rpc.Registries.Mdns.Links;

namespace SourceGen.Rpc.Registries.Mdns.Browsing;

/// <summary>Asks for services, remembers what is heard, and tells those who follow them. Used in the loop alone.</summary>
internal sealed class Browser(MdnsRegistryOptions options, IMdnsLayout layout, MdnsLoop loop, ILogger logger)
{
    /// <summary>How long names are still asked for after somebody wanted to know once.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(2);

    /// <summary>RFC 6762, 5.2: the time between two questions doubles up to this.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>Of thousands of records always one is due; they are looked at together.</summary>
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(20);

    /// <summary>How often an instance's missing records are asked for.</summary>
    private const int MaxAsked = 5;
    private const int MaxReported = 1024;

    private readonly Dictionary<MdnsLink, RecordCache> _caches = [];
    private readonly Dictionary<DomainName, Browse> _browses = [];
    private readonly List<Watch> _watches = [];
    private readonly Dictionary<DomainName, int> _missing = [];
    private readonly ConditionalWeakTable<TxtData, ReadInstance> _read = [];
    private readonly HashSet<string> _reported = [];
    private bool _hasChanged;
    private long _scheduled = long.MaxValue;

    public required Func<IReadOnlyList<MdnsLink>> Links { get; init; }

    /// <summary>Begins to ask for a service.</summary>
    /// <returns>How long to wait until what is there has answered.</returns>
    public TimeSpan Ask(string? service)
    {
        TimeSpan wait = TimeSpan.Zero;
        foreach (DomainName name in NamesOf(service))
        {
            if (!_browses.TryGetValue(name, out Browse? browse))
            {
                browse = new Browse(loop.Now);
                _browses.Add(name, browse);
                foreach (MdnsLink link in Links()) Repeat(name, browse, link, link.Connection, options.AnnounceInterval);
            }

            browse.UsedAt = loop.Now;
            TimeSpan left = options.QueryWindow - TimeSpan.FromTicks(loop.Now - browse.StartedAt);
            if (left > wait) wait = left;
        }

        return wait;
    }

    /// <summary>The nodes of a service that are known now, each a record of its own.</summary>
    public ImmutableDictionary<(string Key, string Id), ServiceRecord> Read(string? service)
    {
        ImmutableDictionary<(string Key, string Id), ServiceRecord>.Builder found =
            ImmutableDictionary.CreateBuilder<(string Key, string Id), ServiceRecord>();
        foreach (DomainName instance in NamesOf(service).SelectMany(Pointers).Distinct())
        {
            if (ReadInstance(instance) is { } record && (service is null || record.Name == service))
            {
                found[(record.Key, record.Nodes[0].Id)] = record;
            }
        }

        return found.ToImmutable();
    }

    public void Add(Watch watch) => _watches.Add(watch);

    public void Remove(Watch watch) => _watches.Remove(watch);

    /// <summary>An interface came: it has to be asked.</summary>
    public void Join(MdnsLink link)
    {
        _caches.Add(link, new RecordCache());
        AskAgain(link);
    }

    /// <summary>
    /// An interface is up again: questions begin anew there, one after the other like the first time. The first ones may be lost while the
    /// network still comes up, and what was announced meanwhile was not heard.
    /// </summary>
    public void AskAgain(MdnsLink link)
    {
        int connection = link.Connection;
        foreach ((DomainName name, Browse browse) in _browses)
        {
            browse.StartedAt = loop.Now;

            // RFC 6762, 5.2: at random, since others have noticed the same at the same time.
            loop.After(Jitter.Between(options.MaxResponseDelay), () => Repeat(name, browse, link, connection, options.AnnounceInterval));
        }
    }

    public void Leave(MdnsLink link)
    {
        _caches.Remove(link);
        _hasChanged = true;
    }

    /// <summary>Takes what others announce.</summary>
    public void Hear(MdnsLink link, DnsMessage response)
    {
        if (!_caches.TryGetValue(link, out RecordCache? cache)) return;

        // Addresses are of interest wherever hosts are; all else only within the layout's domain.
        foreach (DnsRecord record in response.Answers.Concat(response.Additionals))
        {
            if (record.Data is OpaqueData or NsecData || !(record.Data is AddressData || record.Name.IsWithin(layout.Domain))) continue;
            _hasChanged |= cache.Add(record, loop.Now);
        }
    }

    /// <summary>Ends what has ended, asks again for what is about to, and tells those who follow.</summary>
    public void Update()
    {
        Age();
        if (_hasChanged)
        {
            _hasChanged = false;
            AskForNew();
            foreach (Watch watch in _watches)
            {
                if (watch.Latest is not null) Tell(watch);
            }
        }

        long next = _caches.Values.Select(static cache => cache.NextDue).DefaultIfEmpty(long.MaxValue).Min();
        if (next >= _scheduled || next == long.MaxValue) return;
        _scheduled = next;
        TimeSpan wait = TimeSpan.FromTicks(next - loop.Now);
        loop.After(wait > s_tick ? wait : s_tick, () => _scheduled = long.MaxValue);
    }

    /// <summary>Tells one who follows what is known now.</summary>
    public void Tell(Watch watch)
    {
        Ask(watch.Service);
        watch.Latest = Read(watch.Service);
    }

    private IEnumerable<DomainName> NamesOf(string? service) => layout.NamesOf(service, Pointers);

    private IEnumerable<DomainName> Pointers(DomainName name) =>
        _caches.Values.SelectMany(cache => cache.Get(name, DnsRecordType.Ptr)).Select(static one => ((NameData)one.Record.Data).Target);

    /// <summary>
    /// Of many instances the records do not fit into the answer that names them. They are asked for while answers are gathered, so that the
    /// first snapshot has them.
    /// </summary>
    private void AskForNew()
    {
        foreach ((DomainName name, Browse browse) in _browses)
        {
            if (loop.Now - browse.StartedAt > options.QueryWindow.Ticks) continue;
            foreach (DomainName instance in Pointers(name).ToArray()) ReadInstance(instance);
        }
    }

    private void Age()
    {
        HashSet<DomainName>? wanted = null;
        foreach ((MdnsLink link, RecordCache cache) in _caches)
        {
            if (loop.Now < cache.NextDue) continue;
            wanted ??= Wanted();
            HashSet<DnsQuestion> questions = [];
            _hasChanged |= cache.Age(loop.Now, wanted.Contains, questions);
            if (questions.Count > 0) SendQuery(link, [.. questions]);
        }
    }

    /// <summary>The names that are asked for, the instances they lead to, and the hosts of these.</summary>
    private HashSet<DomainName> Wanted()
    {
        HashSet<DomainName> wanted = [.. _browses.Keys];
        foreach (DomainName instance in _browses.Keys.SelectMany(Pointers).ToArray())
        {
            wanted.Add(instance);
            foreach (RecordCache cache in _caches.Values)
            {
                if (cache.GetData(instance, DnsRecordType.Srv) is SrvData srv) wanted.Add(srv.Target);
            }
        }

        return wanted;
    }

    private void Repeat(DomainName name, Browse browse, MdnsLink link, int connection, TimeSpan interval)
    {
        if (!link.IsAt(connection) || _browses.GetValueOrDefault(name) != browse) return;
        if (loop.Now - browse.UsedAt > s_idle.Ticks && !_watches.Exists(watch => NamesOf(watch.Service).Contains(name)))
        {
            _browses.Remove(name);
            return;
        }

        SendQuery(link, [new DnsQuestion(name, DnsRecordType.Ptr)]);
        TimeSpan next = interval * 2 < s_longest ? interval * 2 : s_longest;
        loop.After(interval, () => Repeat(name, browse, link, connection, next));
    }

    private void SendQuery(MdnsLink link, DnsQuestion[] questions)
    {
        IEnumerable<DnsRecord> known = _caches.TryGetValue(link, out RecordCache? cache)
            ? questions.Where(static question => question.Type == DnsRecordType.Ptr)
                .SelectMany(question => cache.Get(question.Name, question.Type))
                .Select(one => one.AsKnownAnswer(loop.Now))
                .OfType<DnsRecord>()
            : [];
        foreach (ReadOnlyMemory<byte> message in MdnsMessages.Queries(questions, known)) link.Send(message);
    }

    private ServiceRecord? ReadInstance(DomainName instance)
    {
        foreach (RecordCache cache in _caches.Values)
        {
            if (cache.GetData(instance, DnsRecordType.Srv) is not SrvData srv) continue;
            if (cache.GetData(instance, DnsRecordType.Txt) is not TxtData txt) continue;
            IPAddress[] addresses = [.. AddressesOf(cache, srv.Target)];
            if (_read.TryGetValue(txt, out ReadInstance? before) && before.IsOf(instance, srv, addresses)) return before.Record;
            if (!layout.TryRead(instance, srv, txt, target => AddressesOf(cache, target), out ServiceRecord? record, out string? error))
            {
                if (error is null)
                {
                    AskForMissing(srv.Target, DnsRecordType.A, DnsRecordType.Aaaa, one => AddressesOf(one, srv.Target).Any());
                    continue;
                }

                Report(instance, error);
            }

            _read.AddOrUpdate(txt, new ReadInstance(instance, srv, addresses, record));
            if (record is null) continue;
            return record;
        }

        AskForMissing(
            instance,
            DnsRecordType.Srv,
            DnsRecordType.Txt,
            cache => cache.GetData(instance, DnsRecordType.Srv) is not null && cache.GetData(instance, DnsRecordType.Txt) is not null);
        return null;
    }

    private static IEnumerable<IPAddress> AddressesOf(RecordCache cache, DomainName host) =>
        cache.Get(host, DnsRecordType.A).Concat(cache.Get(host, DnsRecordType.Aaaa)).Select(
            static one => ((AddressData)one.Record.Data).Address);

    /// <summary>Asks for records that did not come along, a few times.</summary>
    private void AskForMissing(DomainName name, DnsRecordType one, DnsRecordType other, Func<RecordCache, bool> isThere)
    {
        if (!_missing.TryAdd(name, 0)) return;
        Next();

        void Next()
        {
            if (!_missing.TryGetValue(name, out int asked)) return;
            if (asked >= MaxAsked || _caches.Values.Any(isThere))
            {
                _missing.Remove(name);
                return;
            }

            _missing[name] = asked + 1;
            foreach (MdnsLink link in Links()) SendQuery(link, [new DnsQuestion(name, one), new DnsQuestion(name, other)]);
            loop.After(options.AnnounceInterval * (1 << asked), Next);
        }
    }

    private void Report(DomainName instance, string error)
    {
        if (_reported.Count >= MaxReported) _reported.Clear();
        if (_reported.Add($"{instance} {error}")) MdnsRegistryLog.Unreadable(logger, instance.ToString(), error);
    }
}
