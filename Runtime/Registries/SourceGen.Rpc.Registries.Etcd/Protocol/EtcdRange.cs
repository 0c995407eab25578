using System.Collections.Immutable;

namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What stands under a prefix.</summary>
/// <param name="Revision">The revision at which it was read.</param>
/// <param name="Items">The keys, in their order.</param>
/// <param name="Endpoint">The number of the endpoint that was asked.</param>
internal sealed record EtcdRange(long Revision, ImmutableArray<EtcdKeyValue> Items, int Endpoint);
