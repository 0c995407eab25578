using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

/// <summary>A real server with Dubbo's layout.</summary>
public sealed class DubboFixture : ZooKeeperFixture
{
    /// <summary>Size is the matter of the default layout's tests.</summary>
    public override int BigServices => 20;

    public override int BigNodes => 5;

    public override int Rounds => 5;

    protected override string Parameters => "?layout=dubbo";

    /// <summary>Of endpoints a URL has the names alone.</summary>
    public override ServiceRecord AsRead(ServiceRecord record) =>
        record.Nodes.IsEmpty ? record : ServiceRecord.Merge(record.Nodes.Select(node => record.ToUrl(node).ToRecord())).Single();
}
