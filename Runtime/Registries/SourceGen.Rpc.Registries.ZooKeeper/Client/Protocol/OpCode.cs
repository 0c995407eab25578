namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What a request asks for. Source: <c>ZooDefs.OpCode</c> of Apache ZooKeeper 3.8.</summary>
internal enum OpCode
{
    Create = 1,
    Delete = 2,
    Exists = 3,
    GetData = 4,
    SetData = 5,
    Ping = 11,
    GetChildren2 = 12,
    Multi = 14,

    /// <summary>Several reads that are answered together. Since 3.6.</summary>
    MultiRead = 22,
    Auth = 100,
    SetWatches = 101,
    CloseSession = -11,

    /// <summary>Of a result within the answer to a <see cref="Multi"/>: the operation failed.</summary>
    Error = -1,
}
