using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Protocol;

namespace SourceGen.Rpc.Registries.Consul.Layouts;

/// <summary>
/// Go Micro's: the service's id is the node's, Meta is the node's metadata, and version, endpoints and metadata are tags. A record's own
/// metadata and its group have no place in it.
/// </summary>
internal sealed class GoMicroLayout : ConsulLayout
{
    /// <inheritdoc/>
    public override bool TagsTellChanges => false;

    /// <inheritdoc/>
    public override string ConsulNameOf(string service) => service;

    /// <inheritdoc/>
    public override bool IsOurs(IEnumerable<string> tags) => tags.Any(GoMicroTags.IsVersion);

    /// <inheritdoc/>
    public override ConsulService Write(ServiceRecord single)
    {
        ServiceNode node = single.Nodes[0];
        (string host, int port) = HostAndPort(node.Address);
        int scheme = node.Address.IndexOf("://", StringComparison.Ordinal);

        // What has no scheme is reached by tcp, so that one need not be kept; any other would be lost.
        if (port == 0 || (scheme >= 0 && !node.Address.StartsWith("tcp://", StringComparison.OrdinalIgnoreCase)))
        {
            throw RegistryErrors.Invalid(
                single,
                $"the node {node.Id} is at '{node.Address}'; Go Micro's layout keeps host:port, reached by tcp, such as 10.0.0.1:8080.");
        }

        if (single.Metadata.Count > 0)
        {
            throw RegistryErrors.Invalid(
                single, $"it has metadata of its own ({single.Metadata}), for which Go Micro's layout has no place; give it to the nodes.");
        }

        return new ConsulService(node.Id, single.Name)
        {
            Tags =
            [
                .. GoMicroTags.OfMetadata(node.Metadata),
                .. single.Endpoints.Select(GoMicroTags.OfEndpoint),
                GoMicroTags.OfVersion(single.Version),
            ],
            Meta = node.Metadata,
            Address = host,
            Port = port,
        };
    }

    /// <inheritdoc/>
    public override bool TryRead(
        ConsulInstance instance, [NotNullWhen(true)] out ServiceRecord? single, [NotNullWhen(false)] out string? error)
    {
        single = null;
        ConsulService service = instance.Service;
        if (!GoMicroTags.TryRead(
            service.Tags, out string? version, out ServiceMetadata? metadata, out ImmutableArray<ServiceEndpoint> endpoints, out error))
        {
            return false;
        }

        string host = service.Address.Length > 0 ? service.Address : instance.AgentAddress;
        string address = string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':') ? $"[{host}]" : host)}:{service.Port}");
        single = new ServiceRecord(service.Name, version)
        {
            Endpoints = endpoints,
            Nodes = [new ServiceNode(service.Id, address) { Metadata = metadata }],
        };
        return true;
    }

    private protected override string ServiceOf(string consulName) => consulName;
}
