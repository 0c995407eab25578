using SourceGen.Rpc.Registries.Etcd.Protocol;

namespace SourceGen.Rpc.Registries.Etcd.Registration;

/// <summary>A node as it is to stand in etcd.</summary>
/// <param name="NodeId">The node's id, for messages.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">What stands there.</param>
internal sealed record NodeEntry(string NodeId, string Key, byte[] Value)
{
    public EtcdAction PutUnder(long lease) => new(EtcdActionKind.Put, Key) { Value = Value, Lease = lease };
}
