using System.Collections.Immutable;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What a transaction did.</summary>
/// <param name="Held">Whether all comparisons held.</param>
/// <param name="Revision">The revision of the store after it, which is that of the keys it put.</param>
/// <param name="Deleted">How many keys it removed.</param>
/// <param name="Read">The keys it read, without their values.</param>
internal sealed record EtcdTransactionResult(bool Held, long Revision, long Deleted, ImmutableArray<EtcdKeyValue> Read);
