namespace SourceGen.Rpc;

/// <summary>
/// Marks a partial interface as an RPC service. At compile time the source generator completes the interface with its
/// contract (<see cref="CompilerServices.IRpcContract{TSelf}"/>), a client proxy, a server dispatcher and the serializers of every type it
/// uses.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ServiceAttribute : Attribute
{
    /// <summary>
    /// The service's name on the wire. Default: the interface's name without its leading <c>I</c>, after its namespace:
    /// <c>Shop.IGreeter</c> is <c>Shop.Greeter</c>.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>The service's version, a label that registries and selectors match. Default: empty.</summary>
    public string? Version { get; set; }
}
