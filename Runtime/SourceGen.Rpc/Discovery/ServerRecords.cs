using System.Collections.Immutable;
using System.Globalization;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.InProcess;

namespace SourceGen.Rpc.Discovery;

/// <summary>Makes the records of the services that a server offers.</summary>
internal static class ServerRecords
{
    /// <summary>The records, one for each contract, with a node for each address.</summary>
    /// <param name="contracts">The services.</param>
    /// <param name="addresses">The addresses that clients are told.</param>
    /// <param name="options">What else they are told.</param>
    /// <param name="unixSocket">A path that the server listens at beside these; null for none.</param>
    public static ImmutableArray<ServiceRecord> Create(
        IEnumerable<RpcContract> contracts, IReadOnlyList<string> addresses, RpcRegistrationOptions options, string? unixSocket = null)
    {
        string instance = options.InstanceId ?? CreateInstanceId();
        string started = options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return [.. contracts.Select(contract => new ServiceRecord(contract.Name, contract.Version)
        {
            Metadata = options.Group.Length == 0
                ? ServiceMetadata.Empty
                : ServiceMetadata.Empty.With(ServiceMetadataKeys.Group, options.Group),
            Endpoints = DescribeMethods(contract),
            Nodes = [.. addresses.Select((address, i) => new ServiceNode(i == 0 ? instance : $"{instance}-{i + 1}", address)
            {
                Metadata = Describe(contract, started, options, unixSocket),
            })],
        })];
    }

    /// <summary>The machine, the process, and a number that another run has not.</summary>
    private static string CreateInstanceId() => string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Random.Shared.NextInt64() & 0xFFFFFFFFFF:x10}");

    private static ServiceMetadata Describe(RpcContract contract, string started, RpcRegistrationOptions options, string? unixSocket)
    {
        Dictionary<string, string> metadata = new(options.Metadata, StringComparer.Ordinal)
        {
            [ServiceMetadataKeys.Fingerprint] = contract.Fingerprint.ToString("x16", CultureInfo.InvariantCulture),
            [ServiceMetadataKeys.Timestamp] = started,
        };
        if (options.Weight != ServiceNode.DefaultWeight)
        {
            metadata[ServiceMetadataKeys.Weight] = options.Weight.ToString(CultureInfo.InvariantCulture);
        }

        if (unixSocket is not null)
        {
            metadata[ServiceMetadataKeys.Host] = HostIdentity.Current;
            metadata[ServiceMetadataKeys.UnixSocket] = unixSocket;
        }

        if (options.Zone.Length > 0) metadata[ServiceMetadataKeys.Zone] = options.Zone;
        if (options.Tags.Count > 0) metadata[ServiceMetadataKeys.Tags] = string.Join(',', options.Tags);
        return ServiceMetadata.Create(metadata);
    }

    private static ImmutableArray<ServiceEndpoint> DescribeMethods(RpcContract contract) =>
        [.. ContractSchema.Parse(contract.Schema).Methods.Select(static method => new ServiceEndpoint(method.Name)
        {
            Request = new ServiceValue(method.Name, "request")
            {
                Values = [.. method.Parameters.Select(static parameter => new ServiceValue(parameter.Name, parameter.Type.ToString()))],
            },
            Response = new ServiceValue(method.Name, method.ReplyText),
        })];
}
