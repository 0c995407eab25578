namespace SourceGen.Rpc.Discovery;

/// <summary>Enters services into a registry: what a server needs of one. Thread safe.</summary>
public interface IServiceRegistrar
{
    /// <summary>
    /// Enters the nodes of a record, or renews their lease when they are entered already: doing it twice is the same as doing it once. When
    /// the lease, or the session that it hung on, was lost meanwhile, it is made again, so who calls this regularly needs to know nothing
    /// of leases. A node that was entered with another address, metadata or record is replaced.
    /// </summary>
    /// <param name="record">
    /// The record, with the nodes that the caller is responsible for; other nodes of the service are left alone.
    /// </param>
    /// <param name="options">How it is kept; null for <see cref="RegisterOptions.Default"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: the registry cannot be reached; <see cref="RpcStatusCode.Unauthenticated"/> or
    /// <see cref="RpcStatusCode.PermissionDenied"/>: it does not accept who asks; <see cref="RpcStatusCode.InvalidArgument"/>: the record
    /// has no node, or something in it cannot be kept there; <see cref="RpcStatusCode.Unimplemented"/>: the registry is only read by
    /// programs.
    /// </exception>
    ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Removes the nodes of a record, by the record's key and the nodes' ids. Other nodes of the service are left alone.</summary>
    /// <param name="record">The record that was registered.</param>
    /// <param name="options">What it was registered with; null for <see cref="RegisterOptions.Default"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">
    /// A node is not there, and <paramref name="options"/> say that it is persistent. For others that is no error: their lease may have
    /// ended.
    /// </exception>
    /// <exception cref="RpcException">As for <see cref="RegisterAsync"/>.</exception>
    ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default);
}
