namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>Who may do what with the nodes that the registry creates in ZooKeeper (their access control list).</summary>
public enum ZooKeeperAccess
{
    /// <summary>With a user's name <see cref="Creator"/>, without one <see cref="Open"/>.</summary>
    Default,

    /// <summary>Everybody may do everything.</summary>
    Open,

    /// <summary>
    /// Whoever has the same user's name and password may do everything; others nothing, so servers and clients share them.
    /// </summary>
    Creator,

    /// <summary>Whoever has the same user's name and password may do everything; others may read.</summary>
    CreatorAndReaders,
}
