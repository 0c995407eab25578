namespace SourceGen.Rpc.Registries.Static;

/// <summary>A service of a list, in a form that configuration can be bound to.</summary>
public sealed class StaticService
{
    /// <summary>The service's name on the wire. Required.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its version. Default: empty, none.</summary>
    public string Version { get; set; } = "";

    /// <summary>What is known about the service as a whole, such as <c>group</c>. Default: nothing.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The addresses of nodes about which nothing else is known. Default: none.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>More nodes. Default: none.</summary>
    public IList<StaticNode> Nodes { get; } = [];
}
