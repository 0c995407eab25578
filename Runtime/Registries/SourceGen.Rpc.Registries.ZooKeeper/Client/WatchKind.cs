namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What a watch waits for. The server is told again after reconnecting, in one list for each kind.</summary>
internal enum WatchKind
{
    /// <summary>The node's data, and its end.</summary>
    Data,

    /// <summary>That a node comes which is not there.</summary>
    Existence,

    /// <summary>The names of the node's children, and its end.</summary>
    Children,
}
