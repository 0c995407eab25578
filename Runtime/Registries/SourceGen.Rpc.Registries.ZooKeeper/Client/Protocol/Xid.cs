namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>
/// The numbers of requests that are not answered in the order of the others. Source: <c>ClientCnxn</c> of Apache ZooKeeper 3.8.
/// </summary>
internal static class Xid
{
    public const int Notification = -1;
    public const int Ping = -2;
    public const int Auth = -4;
    public const int SetWatches = -8;
}
