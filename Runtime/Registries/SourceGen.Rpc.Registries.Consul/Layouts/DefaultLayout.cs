using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Protocol;

namespace SourceGen.Rpc.Registries.Consul.Layouts;

/// <summary>
/// The framework's own: the service's id is <c>{service}:{version@group}:{nodeId}</c>, each part escaped as in a URL (RFC 3986, section
/// 2.1), so that nodes of several services with the same id stand beside each other; the record with its one node is JSON in Meta. The tag
/// <c>sourcegen-rpc</c> says whose it is, and a second one with a hash makes every change visible in Consul's list of services.
/// </summary>
internal sealed class DefaultLayout : ConsulLayout
{
    private const string Tag = "sourcegen-rpc";

    /// <inheritdoc/>
    public override bool TagsTellChanges => true;

    /// <inheritdoc/>
    public override string ConsulNameOf(string service) => Uri.EscapeDataString(service);

    /// <inheritdoc/>
    public override bool IsOurs(IEnumerable<string> tags) => tags.Contains(Tag, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override ConsulService Write(ServiceRecord single)
    {
        ServiceNode node = single.Nodes[0];
        byte[] json = ServiceRecordJson.Write(single);
        ServiceMetadata meta = MetaText.Write(json, out int storedLength) ?? throw RegistryErrors.Invalid(
            single,
            string.Create(
                CultureInfo.InvariantCulture,
                $"with the node {node.Id} it takes {storedLength:N0} bytes of a service's Meta even compressed ({json.Length:N0} before), "
                + $"where Consul has room for {MetaText.MaxLength:N0}; leave out metadata or descriptions of endpoints."));
        (string host, int port) = HostAndPort(node.Address);
        string id = IdOf(single, node.Id);
        return new ConsulService(id, ConsulNameOf(single.Name))
        {
            Tags = [Tag, $"{Tag}-{Digest(id, json)}"],
            Meta = meta,
            Address = host,
            Port = port,
        };
    }

    /// <inheritdoc/>
    public override bool TryRead(
        ConsulInstance instance, [NotNullWhen(true)] out ServiceRecord? single, [NotNullWhen(false)] out string? error)
    {
        single = null;
        if (!MetaText.TryRead(instance.Service.Meta, out byte[]? json, out error)) return false;
        if (!ServiceRecordJson.TryRead(json, out single, out error)) return false;
        if (single.Nodes.Length != 1) error = $"it has {single.Nodes.Length:N0} nodes, and a service of Consul is one";
        else if (IdOf(single, single.Nodes[0].Id) is string id && id != instance.Service.Id) error = $"it belongs to the service id {id}";
        if (error is null) return true;
        single = null;
        return false;
    }

    private protected override string ServiceOf(string consulName) => Uri.UnescapeDataString(consulName);

    private static string IdOf(ServiceRecord record, string nodeId)
    {
        string group = record.Group.Length > 0 || record.Version.Length == 0 ? $"@{Uri.EscapeDataString(record.Group)}" : "";
        return $"{Uri.EscapeDataString(record.Name)}:{Uri.EscapeDataString(record.Version)}{group}:{Uri.EscapeDataString(nodeId)}";
    }

    private static string Digest(string id, byte[] json)
    {
        byte[] hash = SHA256.HashData([.. Encoding.UTF8.GetBytes(id), 0, .. json]);
        return Convert.ToHexStringLower(hash.AsSpan(0, 6));
    }
}
