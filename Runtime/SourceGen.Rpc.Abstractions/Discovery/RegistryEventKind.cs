namespace SourceGen.Rpc.Discovery;

/// <summary>What a registry tells those who follow a service.</summary>
public enum RegistryEventKind
{
    /// <summary>All there is, in place of everything that was known.</summary>
    Snapshot,

    /// <summary>Nodes that came.</summary>
    Create,

    /// <summary>Nodes that are other than they were, by their ids.</summary>
    Update,

    /// <summary>Nodes that are gone: deregistered, or their lease ended.</summary>
    Delete,
}
