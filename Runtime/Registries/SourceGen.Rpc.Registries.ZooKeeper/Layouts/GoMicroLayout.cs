using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Go Micro's layout: <c>/micro-registry/{service}/{id}</c>, with <c>-</c> for slashes, and the record of the one node as JSON. Version and
/// group are not in the path, so a node of one id is there in one version only.
/// </summary>
internal sealed class GoMicroLayout(string root) : IRecordLayout
{
    public const string DefaultRoot = "/micro-registry";

    public string Root { get; } = root;

    public bool IsRecordInName => false;

    public bool IsPathShared => true;

    public string GetDirectory(string service) => $"{Root}/{Escape(service)}";

    public string GetDirectoryOfChild(string child) => $"{Root}/{child}";

    public (string Name, byte[] Data) Write(ServiceRecord record, ServiceNode node, RegisterOptions options) =>
        (Escape(node.Id), ServiceRecordJson.Write(record with { Nodes = [node] }, RecordLayout.GoMicro));

    public ServiceRecord Read(string directory, string name, byte[] data)
    {
        ServiceRecord record = JsonRecord.Read(data);
        return GetDirectory(record.Name) == directory
            ? record
            : throw new FormatException($"it is a record of the service '{record.Name}'");
    }

    private static string Escape(string text) => text.Replace('/', '-');
}
