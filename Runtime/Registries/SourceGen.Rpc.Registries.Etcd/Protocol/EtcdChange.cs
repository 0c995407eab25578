namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>One change that a watch reports.</summary>
/// <param name="IsDelete">Whether the key is gone.</param>
/// <param name="Item">The key as it is now.</param>
internal sealed record EtcdChange(bool IsDelete, EtcdKeyValue Item);
