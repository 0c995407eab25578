using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>Reads services from a registry: what a client needs of one. Thread safe.</summary>
public interface IServiceResolver
{
    /// <summary>Reads the records of a service: one for each version and group.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>At least one record with at least one node, as <see cref="ServiceRecord.Merge"/> orders them.</returns>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.NotFound"/>: no node of it is registered (<see cref="RegistryErrors.NotFound"/>, from every registry);
    /// <see cref="RpcStatusCode.Unavailable"/>: the registry cannot be reached; <see cref="RpcStatusCode.Unauthenticated"/> or
    /// <see cref="RpcStatusCode.PermissionDenied"/>: it does not accept who asks.
    /// </exception>
    ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default);

    /// <summary>Reads the names of all services that have a node, in ordinal order, each once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// As for <see cref="GetServiceAsync"/>; <see cref="RpcStatusCode.Unimplemented"/>: the registry cannot list what it holds.
    /// </exception>
    ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows a service. The first event is a <see cref="RegistryEventKind.Snapshot"/> of all there is, empty when there is nothing, and
    /// nothing that happens after it is missed. Where a registry can no longer say what changed (a lost session, a compacted history),
    /// another snapshot comes. When the registry is lost the enumeration fails; trying again is the caller's business, as is doing so not
    /// too often.
    /// </summary>
    /// <param name="service">The service's name; null for all services.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RpcException">
    /// As for <see cref="GetServiceAsync"/>, never <see cref="RpcStatusCode.NotFound"/>; <see cref="RpcStatusCode.Unimplemented"/>: the
    /// registry cannot follow all services at once.
    /// </exception>
    IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, CancellationToken cancellationToken = default);
}
