namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What etcd says of a lease.</summary>
/// <param name="Id">Its number.</param>
/// <param name="TimeToLive">How many seconds it lives from now on; 0 or less when there is no such lease.</param>
internal sealed record EtcdLease(long Id, long TimeToLive);
