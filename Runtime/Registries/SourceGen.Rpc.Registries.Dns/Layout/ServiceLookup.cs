using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns.Resolving;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.DnsMessages.Data;

namespace SourceGen.Rpc.Registries.Dns.Layout;

/// <summary>Makes a record of a service of what DNS answers.</summary>
internal sealed class ServiceLookup(DnsRegistryOptions options, DnsClient client, ILogger logger)
{
    /// <summary>How many targets are asked for at once.</summary>
    private const int MaxConcurrency = 16;

    /// <summary>How many targets without an address are remembered, so that each is logged once.</summary>
    private const int MaxReported = 1024;

    private readonly HashSet<string> _reported = [];

    public async ValueTask<FoundService> FindAsync(string service, CancellationToken cancellationToken)
    {
        DomainName name = ServiceNameTemplate.NameOf(options, service);
        DnsAnswer answer = await client.AskAsync(name, DnsRecordType.Srv, cancellationToken).ConfigureAwait(false);
        Lifetime lifetime = new(answer.TimeToLive);
        List<ServiceNode> nodes = !answer.Records.IsEmpty
            ? await FromTargetsAsync(name, answer, lifetime, cancellationToken).ConfigureAwait(false)
            : options.Port is { } port
                ? await FromAddressesAsync(ServiceNameTemplate.AddressNameOf(name), port, lifetime, cancellationToken).ConfigureAwait(false)
                : [];
        if (nodes.Count == 0) return new FoundService(null, lifetime.Shortest);
        ServiceRecord record = new(service)
        {
            Nodes = [.. nodes.DistinctBy(static node => node.Id).OrderBy(static node => node.Id, StringComparer.Ordinal)],
        };
        if (options.ReadsText)
        {
            DnsAnswer text = await client.AskAsync(name, DnsRecordType.Txt, cancellationToken).ConfigureAwait(false);

            // That there is none is remembered for itself, and is no reason to ask for the nodes again.
            if (!text.Records.IsEmpty) lifetime.Add(text.TimeToLive);
            record = TextAttributes.Apply(record, text.Records);
        }

        return new FoundService(record, lifetime.Shortest);
    }

    private async ValueTask<List<ServiceNode>> FromAddressesAsync(
        DomainName name, int port, Lifetime lifetime, CancellationToken cancellationToken) =>
        [.. (await AskForAddressesAsync(name, lifetime, cancellationToken).ConfigureAwait(false))
            .Select(address => new ServiceNode(HostOf(address) + Port(port), AddressOf(address, port)))];

    private async ValueTask<List<ServiceNode>> FromTargetsAsync(
        DomainName name, DnsAnswer answer, Lifetime lifetime, CancellationToken cancellationToken)
    {
        List<SrvData> chosen = SrvSelection.Choose(answer.Records, options.IncludesAllPriorities);
        Dictionary<DomainName, ImmutableArray<IPAddress>> addresses = [];
        List<DomainName> unknown = [];
        foreach (DomainName target in chosen.Select(static srv => srv.Target).Distinct())
        {
            DnsRecord[] given = [.. answer.Additionals.Where(record => record.Data is AddressData && record.Name.Equals(target))];
            ImmutableArray<IPAddress> usable = Select(given);
            if (usable.IsEmpty)
            {
                unknown.Add(target);
                continue;
            }

            addresses.Add(target, usable);
            foreach (DnsRecord record in given) lifetime.Add(TimeSpan.FromSeconds(record.TimeToLive));
        }

        await Parallel.ForEachAsync(
            unknown,
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellationToken },
            async (target, token) =>
            {
                ImmutableArray<IPAddress> found = await AskForAddressesAsync(target, lifetime, token).ConfigureAwait(false);
                if (found.IsEmpty) Report(name, target);
                lock (addresses) addresses.Add(target, found);
            }).ConfigureAwait(false);
        return [.. chosen.SelectMany(srv => NodesOf(srv, addresses[srv.Target], SrvSelection.MetadataOf(srv, chosen)))];
    }

    private IEnumerable<ServiceNode> NodesOf(SrvData srv, ImmutableArray<IPAddress> addresses, ServiceMetadata metadata)
    {
        string id = srv.Target.ToString().ToLowerInvariant() + Port(srv.Port);

        // A target with several addresses stands for several servers.
        return addresses.Select(address => new ServiceNode(addresses.Length == 1 ? id : $"{id}/{address}", AddressOf(address, srv.Port))
        {
            Metadata = metadata,
        });
    }

    private async ValueTask<ImmutableArray<IPAddress>> AskForAddressesAsync(
        DomainName name, Lifetime lifetime, CancellationToken cancellationToken)
    {
        ImmutableArray<IPAddress> found = [];
        if (options.AddressFamily != DnsAddressFamily.IPv6) found = await AskAsync(DnsRecordType.A).ConfigureAwait(false);
        if (found.IsEmpty && options.AddressFamily != DnsAddressFamily.IPv4)
        {
            found = await AskAsync(DnsRecordType.Aaaa).ConfigureAwait(false);
        }
        return found;

        async ValueTask<ImmutableArray<IPAddress>> AskAsync(DnsRecordType type)
        {
            DnsAnswer answer = await client.AskAsync(name, type, cancellationToken).ConfigureAwait(false);
            lifetime.Add(answer.TimeToLive);
            return Select(answer.Records);
        }
    }

    private ImmutableArray<IPAddress> Select(IEnumerable<DnsRecord> records)
    {
        List<IPAddress> all = [.. records.Select(static record => record.Data).OfType<AddressData>().Select(
            static data => data.Address).Distinct()];
        ImmutableArray<IPAddress> chosen = [];
        if (options.AddressFamily != DnsAddressFamily.IPv6) chosen = OfFamily(System.Net.Sockets.AddressFamily.InterNetwork);
        if (chosen.IsEmpty && options.AddressFamily != DnsAddressFamily.IPv4)
        {
            chosen = OfFamily(System.Net.Sockets.AddressFamily.InterNetworkV6);
        }
        return chosen;

        ImmutableArray<IPAddress> OfFamily(System.Net.Sockets.AddressFamily family) =>
            [.. all.Where(address => address.AddressFamily == family).OrderBy(
                static address => address.ToString(), StringComparer.Ordinal)];
    }

    private void Report(DomainName name, DomainName target)
    {
        lock (_reported)
        {
            if (_reported.Count >= MaxReported) _reported.Clear();
            if (!_reported.Add($"{name} {target}")) return;
        }

        DnsRegistryLog.NoAddress(logger, name.ToString(), target.ToString());
    }

    private string AddressOf(IPAddress address, int port) => $"{options.Scheme}://{HostOf(address)}{Port(port)}";

    private static string HostOf(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static string Port(int port) => string.Create(CultureInfo.InvariantCulture, $":{port}");
}
