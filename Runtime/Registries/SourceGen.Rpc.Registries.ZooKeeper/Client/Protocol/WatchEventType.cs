namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What happened to a node that is watched.</summary>
internal enum WatchEventType
{
    Created = 1,
    Deleted = 2,
    DataChanged = 3,
    ChildrenChanged = 4,
}
