namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// Is told of the watches that it set. Called on the thread that receives, in the order in which the server says it, so it takes notes and
/// returns at once.
/// </summary>
internal interface INodeWatcher
{
    /// <summary>A watch was triggered, and is gone.</summary>
    void OnEvent(WatchEvent e);

    /// <summary>There is a new session: all watches are gone, and what happened since they were set is not known.</summary>
    void OnSessionLost();

    /// <summary>No server could be reached for longer than an operation may take: all watches are gone.</summary>
    void OnLost(Exception reason);
}
