using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Etcd.Tests.Support;

/// <summary>Short words for records.</summary>
internal static class Records
{
    public static ServiceRecord Of(string name, params IEnumerable<string> nodes) =>
        new(name, "1.0") { Nodes = [.. nodes.Select(static id => new ServiceNode(id, $"tcp://10.0.0.1:5000/{id}"))] };

    /// <summary>Where the default layout keeps a node of <see cref="Of"/>.</summary>
    public static string KeyOf(string name, string node) => $"/sourcegen-rpc/services/{name}/1.0/{node}";
}
