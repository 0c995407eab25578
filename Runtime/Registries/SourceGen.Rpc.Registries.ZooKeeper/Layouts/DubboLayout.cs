using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// Dubbo's layout: <c>/dubbo/{interface}/providers/{URL}</c>, both encoded as Java's <c>URLEncoder</c> does. The URL is the name of the
/// node, which has no data. Source: the registry section of Dubbo's user manual, and <c>ZookeeperRegistry</c>.
/// </summary>
internal sealed class DubboLayout(string root) : IRecordLayout
{
    public const string DefaultRoot = "/dubbo";

    public string Root { get; } = root;

    public bool IsRecordInName => true;

    public bool IsPathShared => false;

    public string GetDirectory(string service) => GetDirectoryOfChild(JavaUrlEncoding.Encode(service));

    public string GetDirectoryOfChild(string child) => $"{Root}/{child}/{ServiceUrlParameters.Providers}";

    public (string Name, byte[] Data) Write(ServiceRecord record, ServiceNode node, RegisterOptions options) =>
        (JavaUrlEncoding.Encode(record.ToUrl(node, options).ToString()), []);

    public ServiceRecord Read(string directory, string name, byte[] data)
    {
        ServiceRecord record = ServiceUrl.Parse(JavaUrlEncoding.Decode(name)).ToRecord();
        return GetDirectory(record.Name) == directory ? record : throw new FormatException($"it is a URL of the service '{record.Name}'");
    }
}
