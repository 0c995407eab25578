using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Etcd.Layouts;

/// <summary>
/// The framework's own: <c>{prefix}/{service}/{version@group}/{nodeId}</c>, each part escaped as in a URL (RFC 3986, section 2.1), so that
/// whatever names hold, two nodes never share a key. A record without a group has the version alone, and one without either an <c>@</c>.
/// </summary>
internal sealed class DefaultLayout(string prefix) : EtcdLayout(prefix, RecordLayout.Default)
{
    public const string DefaultPrefix = "/sourcegen-rpc/services";

    private protected override string WithinService(ServiceRecord record, string nodeId)
    {
        string group = record.Group.Length > 0 || record.Version.Length == 0 ? $"@{Escape(record.Group)}" : "";
        return $"{Escape(record.Version)}{group}/{Escape(nodeId)}";
    }

    private protected override string Escape(string segment) => Uri.EscapeDataString(segment);
}
