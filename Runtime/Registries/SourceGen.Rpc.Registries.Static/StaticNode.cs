namespace SourceGen.Rpc.Registries.Static;

/// <summary>A node of a list, in a form that configuration can be bound to.</summary>
public sealed class StaticNode
{
    /// <summary>Where it is called, such as <c>tcp://10.0.0.1:5000</c>. Required.</summary>
    public string Address { get; set; } = "";

    /// <summary>Its identity within the service. Default: empty, which means its address.</summary>
    public string Id { get; set; } = "";

    /// <summary>What is known about it, such as <c>weight</c> or <c>zone</c>. Default: nothing.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
