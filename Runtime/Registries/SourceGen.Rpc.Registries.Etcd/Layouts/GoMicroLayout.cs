using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Etcd.Layouts;

/// <summary>
/// Go Micro's: <c>/micro/registry/{service}/{nodeId}</c>, a slash within a part replaced by a dash. The version stands in the value alone,
/// so a node that is entered with two versions is there once.
/// </summary>
internal sealed class GoMicroLayout(string prefix) : EtcdLayout(prefix, RecordLayout.GoMicro)
{
    public const string DefaultPrefix = "/micro/registry";

    private protected override string WithinService(ServiceRecord record, string nodeId) => Escape(nodeId);

    private protected override string Escape(string segment) => segment.Replace('/', '-');
}
