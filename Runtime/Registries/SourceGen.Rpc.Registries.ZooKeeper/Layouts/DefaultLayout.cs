using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>
/// The framework's own layout: <c>{root}/{service}/{version}:{group}:{id}</c>, each percent-escaped, with the record of the one node as
/// JSON.
/// </summary>
internal sealed class DefaultLayout(string root) : IRecordLayout
{
    public const string DefaultRoot = "/sourcegen-rpc/services";

    public string Root { get; } = root;

    public bool IsRecordInName => false;

    public bool IsPathShared => false;

    public string GetDirectory(string service) => $"{Root}/{Escape(service)}";

    public string GetDirectoryOfChild(string child) => $"{Root}/{child}";

    public (string Name, byte[] Data) Write(ServiceRecord record, ServiceNode node, RegisterOptions options) => (
        $"{Escape(record.Version)}:{Escape(record.Group)}:{Escape(node.Id)}",
        ServiceRecordJson.Write(record with { Nodes = [node] }));

    public ServiceRecord Read(string directory, string name, byte[] data)
    {
        ServiceRecord record = JsonRecord.Read(data);
        return GetDirectory(record.Name) == directory
            ? record
            : throw new FormatException($"it is a record of the service '{record.Name}'");
    }

    /// <summary>
    /// Escapes what cannot stand in a name, and what the layout separates by. Names of dots alone mean directories to ZooKeeper.
    /// </summary>
    private static string Escape(string text) =>
        text is "." or ".." ? text.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(text);
}
