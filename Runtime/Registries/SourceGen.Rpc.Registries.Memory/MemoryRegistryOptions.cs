namespace SourceGen.Rpc.Registries.Memory;

/// <summary>Which store a <see cref="MemoryRegistry"/> uses.</summary>
public sealed class MemoryRegistryOptions
{
    /// <summary>
    /// The name of a store that all registries of this process with the same name share: what stands after <c>memory://</c>. Default:
    /// empty, which is a name like any other.
    /// </summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// A store of one's own, which then is the one used; <see cref="Name"/> is only a name then. Default: null, the shared one.
    /// </summary>
    public MemoryRegistryStore? Store { get; set; }
}
