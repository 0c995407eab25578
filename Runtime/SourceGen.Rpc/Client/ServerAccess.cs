using SourceGen.Rpc.Client.Nodes;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Client;

/// <summary>How a client gets to those who serve it: one server at an address, or whoever offers a service.</summary>
internal abstract class ServerAccess : IAsyncDisposable
{
    /// <summary>The one server's address; null when there is none.</summary>
    public abstract RpcAddress? Address { get; }

    /// <summary>Whether there is a connection at this moment.</summary>
    public abstract bool IsConnected { get; }

    /// <summary>The one server's channel.</summary>
    /// <exception cref="InvalidOperationException">The client has no single server.</exception>
    public abstract ClientChannel Single { get; }

    /// <summary>Gets the channel for the calls of a service.</summary>
    public abstract OptionsChannel GetChannel(RpcContract contract);

    /// <summary>Gets the ways to all servers of a service, waiting until they are known.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public abstract ValueTask<IReadOnlyList<NodeChannel>> GetAllAsync(RpcContract contract, CancellationToken cancellationToken);

    /// <summary>Offers a service to whoever is connected to from now on.</summary>
    /// <exception cref="InvalidOperationException">It is too late, or the service was added before.</exception>
    /// <exception cref="NotSupportedException">A codec cannot serialize a type of the service.</exception>
    public abstract void Offer(ServiceRegistration service);

    /// <summary>Gets a server that offers a service, and its connection: for who wants to ask it what the service looks like.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="version">Its version label; empty for any.</param>
    /// <param name="what">What is wanted, for the error message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There is none; the message says why.</exception>
    public abstract ValueTask<(ClientChannel Channel, Wire.RpcConnection Connection)> GetConnectionAsync(
        string service, string version, string what, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
