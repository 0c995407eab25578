using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Static;

/// <summary>The records that follow from options. Immutable.</summary>
internal sealed class StaticList
{
    private readonly Dictionary<string, ImmutableArray<ServiceRecord>> _services;
    private readonly ImmutableArray<ServiceNode> _everywhere;
    private readonly string _version;

    private StaticList(IEnumerable<ServiceRecord> records, ImmutableArray<ServiceNode> everywhere, string version)
    {
        Records = ServiceRecord.Merge(records);
        _services = Records.GroupBy(static record => record.Name).ToDictionary(
            static group => group.Key, static group => group.ToImmutableArray(), StringComparer.Ordinal);
        _everywhere = everywhere;
        _version = version;
    }

    /// <summary>All records that are named.</summary>
    public ImmutableArray<ServiceRecord> Records { get; }

    /// <summary>Their names, in ordinal order.</summary>
    public ImmutableArray<string> Names => [.. _services.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether services are found that are not named.</summary>
    public bool HasEvery => !_everywhere.IsEmpty;

    /// <summary>Reads options.</summary>
    /// <exception cref="FormatException">Something in them is missing or wrong; the message says what, and where.</exception>
    public static StaticList Create(StaticRegistryOptions options)
    {
        List<ServiceRecord> records = [];
        for (int i = 0; i < options.Services.Count; i++) records.Add(ToRecord(options.Services[i], $"Services[{i}]"));
        for (int i = 0; i < options.Records.Count; i++) records.Add(Check(options.Records[i], $"Records[{i}]"));
        ImmutableArray<ServiceNode> everywhere =
        [
            .. options.Addresses.Select((address, i) => ToNode(new StaticNode { Address = address }, $"Addresses[{i}]")),
        ];
        return new StaticList(records, ServiceRecord.Merge([new ServiceRecord("*") { Nodes = everywhere }])[0].Nodes, options.Version);
    }

    /// <summary>The records of a service; none when it is not found.</summary>
    public ImmutableArray<ServiceRecord> Find(string service)
    {
        if (_services.TryGetValue(service, out ImmutableArray<ServiceRecord> records)) return records;
        return _everywhere.IsEmpty ? [] : [new ServiceRecord(service, _version) { Nodes = _everywhere }];
    }

    private static ServiceRecord ToRecord(StaticService service, string place) => Check(
        new ServiceRecord(service.Name, service.Version)
        {
            Metadata = ServiceMetadata.Create(service.Metadata),
            Nodes =
            [
                .. service.Addresses.Select((address, i) => ToNode(new StaticNode { Address = address }, $"{place}.Addresses[{i}]")),
                .. service.Nodes.Select((node, i) => ToNode(node, $"{place}.Nodes[{i}]")),
            ],
        },
        place);

    private static ServiceRecord Check(ServiceRecord record, string place)
    {
        if (record.Name.Length == 0) throw new FormatException($"{place} has no name.");
        if (record.Nodes.IsEmpty) throw new FormatException($"{place}, {record.Key}, has no node; leave it out, or give it an address.");
        return record;
    }

    private static ServiceNode ToNode(StaticNode node, string place)
    {
        if (string.IsNullOrWhiteSpace(node.Address))
        {
            throw new FormatException($"{place} has no address; write for example tcp://10.0.0.1:5000.");
        }

        string id = node.Id.Length > 0 ? node.Id : node.Address;
        ServiceNode read = new(id, node.Address) { Metadata = ServiceMetadata.Create(node.Metadata) };
        try
        {
            _ = read.GetRpcAddress();
            return read;
        }
        catch (FormatException e)
        {
            throw new FormatException($"{place}: {e.Message}", e);
        }
    }
}
